// SPDX-License-Identifier: Apache-2.0
import Glibc

@testable import DatapanelEmulator

/// A program in a process of its own.
final class Command {
    /// Where the tests are built, and the commands of this package with them.
    static let builds: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }
        return String(decoding: path, as: UTF8.self).split(separator: "/").dropLast()
            .map { "/\($0)" }.joined()
    }()

    let process: pid_t
    private let output: Int32
    private let errors: Int32

    init(_ path: String, _ arguments: [String]) throws {
        (process, output, errors) = try Self.startOneAtATime.withLock { _ in
            try Self.start([path] + arguments)
        }
    }

    /// A process that starts between `pipe` and `fcntl` of another one would hold on to its pipes.
    private static let startOneAtATime = Locked(())

    private static func start(
        _ words: [String]
    ) throws -> (process: pid_t, output: Int32, errors: Int32) {
        let (output, errors) = (try pipe(), try pipe())
        defer { for end in [output.write, errors.write] { close(end) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.write, 2)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, words[0], &actions, nil, &arguments, environ)
        guard code == 0 else {
            throw Wire.Failure(description: "\(words[0]): \(String(cString: strerror(code)))")
        }
        return (process, output.read, errors.read)
    }

    deinit {
        close(output)
        close(errors)
    }

    /// Its output up to this text, or all of it when the text never comes.
    func output(upTo end: String) -> String {
        var text = ""
        while !text.contains(end) {
            let more = Self.read(output)
            if more.isEmpty { break }
            text += more
        }
        return text
    }

    /// Waits for its end, and tells what it exited with and what it wrote since.
    func end() -> (status: Int32, output: String, errors: String) {
        var texts: [String] = []
        for end in [output, errors] {
            var text = ""
            while case let more = Self.read(end), !more.isEmpty { text += more }
            texts.append(text)
        }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        let exited = status & 0x7F == 0
        return (exited ? status >> 8 : -status, texts[0], texts[1])
    }

    private static func read(_ end: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(end, &buffer, buffer.count)
        return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw Wire.Failure(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
