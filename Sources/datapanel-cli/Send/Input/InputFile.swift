// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file, or standard input, read piece by piece; unpacked on the way when it is named `.gz`.
final class InputFile {
    /// What messages call it.
    let name: String
    let path: String
    let descriptor: Int32
    /// Of a regular file, which can be read at any time; nil of a pipe or a terminal.
    let size: Int?
    /// How much of it was read, as it lies there.
    private(set) var readBytes = 0
    private let inflater: Inflater?
    private let packed: InputBuffer?

    /// What one call of `read` takes.
    static let step = 256 << 10

    var isStandardInput: Bool { path == "-" }

    var isPacked: Bool { inflater != nil }

    init(_ path: String) throws {
        self.path = path
        name = path == "-" ? "standard input" : path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure.system("cannot open \(path)") }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw CommandFailure.system("cannot read \(name)")
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw CommandFailure(description: "\(name) is a folder")
        }
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        let isPacked = path.hasSuffix(".gz")
        inflater = isPacked ? try Inflater() : nil
        packed = isPacked ? InputBuffer(size: Self.step * 2) : nil
    }

    deinit { if !isStandardInput { close(descriptor) } }

    /// Reads once, which waits where nothing can be read. Returns 0 at the end only.
    func read(into buffer: InputBuffer) throws -> Int {
        guard let inflater, let packed else {
            return try buffer.fill { room in try readPlain(into: room) }
        }
        return try buffer.fill { room in
            while true {
                let step = try unpack(inflater, packed.window, room)
                packed.drop(step.used)
                if step.made > 0 { return step.made }
                if step.used > 0 { continue }
                if try packed.fill({ room in try readPlain(into: room) }) == 0 {
                    if inflater.isBetweenParts { return 0 }
                    throw CommandFailure(
                        description: "\(name) is cut off: its gzip data end in the middle")
                }
            }
        }
    }

    private func unpack(
        _ inflater: Inflater, _ packed: UnsafeRawBufferPointer,
        _ room: UnsafeMutableRawBufferPointer
    ) throws -> (used: Int, made: Int) {
        do {
            return try inflater.inflate(packed, into: room)
        } catch let failure as Inflater.Failure {
            throw CommandFailure(
                description: "\(name) is no good gzip file: \(failure.reason), near byte "
                    + "\(readBytes - packed.count)")
        }
    }

    private func readPlain(into room: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, room.baseAddress, min(room.count, Self.step))
            if count >= 0 {
                readBytes += count
                return count
            }
            if errno != EINTR { throw CommandFailure.system("cannot read \(name)") }
        }
    }
}

extension CommandFailure {
    /// With what the system says of its last failure.
    static func system(_ what: String) -> CommandFailure {
        CommandFailure(description: "\(what): \(String(cString: strerror(errno)))")
    }
}
