// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

extension TLSFront {
    /// Runs a command to its good end.
    static func run(_ words: [String]) throws {
        var status: Int32 = 0
        waitpid(try start(words), &status, 0)
        try #require(status == 0, "\(words[0]) failed")
    }

    /// Starts a command, silent. Debian keeps nginx where only root looks by default.
    static func start(_ words: [String]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for output in [Int32(1), 2] {
            posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] =
            (["env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"] + words).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, "/usr/bin/env", &actions, nil, &arguments, environ)
        try #require(code == 0, "\(words[0]) does not start")
        return process
    }
}
