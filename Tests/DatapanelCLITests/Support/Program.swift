// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Glibc
import Synchronization

/// The built command in a process of its own.
final class Program {
    /// Where the tests are built, and the commands of this package with them.
    static let builds: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }
        return String(decoding: path, as: UTF8.self).split(separator: "/").dropLast()
            .map { "/\($0)" }.joined()
    }()

    struct Failure: Error {
        let what: String
    }

    let process: pid_t
    private var input: Int32
    private let output: Int32
    private let errorsPath = temporaryPath()
    private var unread: [UInt8] = []
    private var isReaped = false

    /// `environment` has the variables that there are, and PATH is one more of them.
    init(_ arguments: [String], _ environment: [String: String] = [:]) throws {
        (process, input, output) = try startOneAtATime.withLock { [errorsPath] _ in
            try Self.start(
                ["\(Self.builds)/datapanel-cli"] + arguments,
                environment.map { "\($0)=\($1)" } + ["PATH=/usr/bin:/bin"], errors: errorsPath)
        }
    }

    /// With the settings for an emulator.
    convenience init(
        _ arguments: [String], to emulator: Emulator, _ settings: [String: String] = [:]
    ) throws {
        let own = [
            "DATAPANEL_ENDPOINT": emulator.url, "DATAPANEL_PROJECT_ID": emulator.options.project,
            "DATAPANEL_WORKSPACE_ID": emulator.options.workspace,
            "DATAPANEL_AUTH_TOKEN": emulator.options.token,
        ]
        try self.init(arguments, own.merging(settings) { $1 })
    }

    deinit {
        if !isReaped {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        if input >= 0 { close(input) }
        close(output)
        unlink(errorsPath)
    }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.write(input, $0.baseAddress, $0.count)
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func endInput() {
        close(input)
        input = -1
    }

    /// The next line of its output; nil at the end, and when none came for 20 seconds.
    func line() -> String? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeSubrange(...end) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            guard readMore() else { return nil }
        }
    }

    private func readMore() -> Bool {
        var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, 20_000) == 1 else { return false }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(output, &buffer, buffer.count)
        unread += buffer[..<max(0, count)]
        return count > 0
    }

    /// What it has said on standard error so far.
    var errors: String { contents(errorsPath) }

    struct End {
        let status: Int32
        let output: String
        let errors: String

        /// The line that tells the end.
        var summary: Substring { errors.split(separator: "\n").last ?? "" }
    }

    /// Waits for its end. The status is negative for a signal.
    func end() -> End {
        if input >= 0 { endInput() }
        while readMore() {}
        var status: Int32 = 0
        waitpid(process, &status, 0)
        isReaped = true
        let exited = status & 0x7F == 0
        return End(
            status: exited ? status >> 8 : -(status & 0x7F),
            output: String(decoding: unread, as: UTF8.self), errors: errors)
    }

    private static func start(
        _ words: [String], _ environment: [String], errors: String
    ) throws -> (process: pid_t, input: Int32, output: Int32) {
        let (input, output) = (try pipe(), try pipe())
        defer { for end in [input.read, output.write] { close(end) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.read, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_addopen(
            &actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // A test that runs in the background has these ignored, or blocked on its thread.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (stops, none) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&stops)
        for signal in [SIGINT, SIGTERM] { sigaddset(&stops, signal) }
        posix_spawnattr_setsigdefault(&attributes, &stops)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(
            &process, words[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw Failure(what: String(cString: strerror(code))) }
        signal(SIGPIPE, SIG_IGN)
        return (process, input.write, output.read)
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw Failure(what: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

/// A process that starts between `pipe` and `fcntl` of another one would hold on to its pipes.
private let startOneAtATime = Mutex(())
