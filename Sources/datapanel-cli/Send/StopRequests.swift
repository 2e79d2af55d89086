// SPDX-License-Identifier: Apache-2.0
import Glibc

/// SIGINT and SIGTERM as something that can be waited for. The second one ends the process at
/// once, as usual.
enum StopRequests {
    /// Readable since the first one.
    static let descriptor: Int32 = {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return -1 }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        writeEnd = ends[1]
        return ends[0]
    }()

    /// Written before there is a handler, and then only read.
    nonisolated(unsafe) private static var writeEnd: Int32 = -1

    /// From here on they are taken.
    static func take() {
        guard descriptor >= 0 else { return }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            let before = errno
            signal(SIGINT, SIG_DFL)
            signal(SIGTERM, SIG_DFL)
            var byte: UInt8 = 0
            _ = Glibc.write(StopRequests.writeEnd, &byte, 1)
            errno = before
        }
        for number in [SIGINT, SIGTERM] {
            var before = sigaction()
            sigaction(number, nil, &before)
            // Who started it in the background wants no Ctrl-C to reach it.
            let handler = unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self)
            if handler == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
            sigaction(number, &action, nil)
        }
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        // Who started it may have blocked them for itself.
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        // A reader of our output that goes away is told of by what writes there.
        signal(SIGPIPE, SIG_IGN)
    }
}
