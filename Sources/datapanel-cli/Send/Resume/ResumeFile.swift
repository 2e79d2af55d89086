// SPDX-License-Identifier: Apache-2.0
import CZlib
import Glibc

/// The file beside an input in which a run writes down how far it came.
///
/// What may be sent is written before it is, what is settled after the files that tell of it: a
/// run that is killed in between sends again, and says so, but never leaves out.
final class ResumeFile {
    let path: String
    /// As earlier runs left it.
    let before: ResumeLog
    /// Whether there was an earlier run.
    let isResumed: Bool
    private let descriptor: Int32
    private var lines = ""
    private var handed: Int
    /// Not yet written; the last one grows while objects settle in order.
    private var settled = OffsetRanges()

    static let suffix = ".datapanel"
    private static let headLimit = 64 << 10

    /// `folder` takes the place of the input's own.
    static func path(of input: String, in folder: String?) -> String {
        guard let folder else { return input + suffix }
        let name = input.split(separator: "/").last ?? ""
        return "\(folder)/\(name)\(suffix)"
    }

    init(_ path: String, for input: InputFile, destination: String) throws {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw CommandFailure.system("cannot keep \(path)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CommandFailure(
                description: "\(path) is in use: another run is sending \(input.name)")
        }
        let count = Self.headLimit
        do {
            let text = try Self.read(descriptor, path)
            if let log = try ResumeLog(text) {
                try Self.check(log, path, input, destination)
                before = log
                isResumed = true
                // A line that was torn off must not spoil the next one.
                lines = text.hasSuffix("\n") ? "" : "\n"
            } else {
                before = ResumeLog(
                    destination: destination, head: try Self.head(of: input, upTo: count))
                isResumed = false
            }
        } catch let fault as ResumeLog.Fault {
            close(descriptor)
            throw CommandFailure(
                description: "\(path), line \(fault.line), is not what a run writes there; "
                    + "remove the file to send \(input.name) from its begin")
        } catch {
            close(descriptor)
            throw error
        }
        handed = before.handed
        lines += isResumed ? ResumeLog.resumed : before.opening
    }

    deinit { close(descriptor) }

    /// Before objects up to there are handed over.
    func hand(upTo offset: Int) throws {
        guard offset > handed else { return }
        handed = offset
        lines += ResumeLog.handed(offset)
        try flush()
    }

    func settle(_ range: Range<Int>) {
        settled.insert(range)
    }

    /// What was not stored for certain, and is not kept elsewhere.
    func leaveUnsent(_ range: Range<Int>) {
        lines += ResumeLog.unsent(range)
    }

    func flush() throws {
        for range in settled.ranges { lines += ResumeLog.settled(range) }
        settled = OffsetRanges()
        guard !lines.isEmpty else { return }
        try writeAll(Array(lines.utf8), to: descriptor, named: path)
        lines = ""
    }

    // MARK: reading

    private static func check(
        _ log: ResumeLog, _ path: String, _ input: InputFile, _ destination: String
    ) throws {
        guard log.destination == destination else {
            throw CommandFailure(
                description: "\(path) is of a run that sent \(input.name) to \(log.destination), "
                    + "not to \(destination); remove it, or give this run a --state of its own")
        }
        guard try head(of: input, upTo: log.head.count) == log.head,
            input.size ?? 0 >= log.handed || input.isPacked
        else {
            throw CommandFailure(
                description: "\(input.name) is not the file any more that \(path) tells of; "
                    + "remove that to send it from its begin")
        }
    }

    private static func head(of input: InputFile, upTo count: Int) throws -> ResumeLog.Head {
        var bytes = [UInt8](repeating: 0, count: min(max(count, 0), headLimit))
        let got = pread(input.descriptor, &bytes, bytes.count, 0)
        guard got >= 0 else { throw CommandFailure.system("cannot read \(input.name)") }
        return ResumeLog.Head(count: got, sum: crc32(0, bytes, UInt32(got)))
    }

    private static func read(_ descriptor: Int32, _ path: String) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = Glibc.read(descriptor, &buffer, buffer.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw CommandFailure.system("cannot read \(path)") }
            if got == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: buffer[..<got])
        }
    }
}
