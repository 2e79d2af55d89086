// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file that lines are added to. It is never emptied: it may hold what nobody has elsewhere. A
/// new one is its owner's alone: alerts are nobody else's business.
final class LineFile {
    let path: String
    private let descriptor: Int32
    private var waiting: [UInt8] = []
    private static let room = 64 << 10

    /// "-" is standard output.
    convenience init(_ path: String) throws { try self.init(path, flags: 0) }

    /// There must be no such file yet.
    static func new(_ path: String) throws -> LineFile { try LineFile(path, flags: O_EXCL) }

    private init(_ path: String, flags: Int32) throws {
        self.path = path
        let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | flags
        descriptor = path == "-" ? STDOUT_FILENO : open(path, flags, 0o600)
        guard descriptor >= 0 else { throw CommandFailure.system("cannot write to \(path)") }
        if path != "-" { try endLine() }
    }

    deinit { if path != "-" { close(descriptor) } }

    func add(_ line: [UInt8]) throws {
        waiting.append(contentsOf: line)
        if waiting.count >= Self.room { try flush() }
    }

    func flush() throws {
        guard !waiting.isEmpty else { return }
        try writeAll(waiting, to: descriptor, named: path == "-" ? "standard output" : path)
        waiting.removeAll(keepingCapacity: true)
    }

    /// For what must outlive even the machine's power.
    func sync() throws {
        try flush()
        // What has no disk behind it, such as a pipe, says EINVAL.
        if fdatasync(descriptor) != 0 && errno != EINVAL && errno != EROFS {
            throw CommandFailure.system("cannot write to \(path)")
        }
    }

    /// A program that was killed may have left half a line.
    private func endLine() throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size > 0
        else { return }
        var last: UInt8 = 0
        if pread(descriptor, &last, 1, status.st_size - 1) == 1, last != UInt8(ascii: "\n") {
            try writeAll([UInt8(ascii: "\n")], to: descriptor, named: path)
        }
    }
}
