// SPDX-License-Identifier: Apache-2.0
import Glibc

/// SIGTERM and SIGINT, taken as requests to stop.
///
/// Make one before there is any other thread: threads inherit that the signals are blocked, so that
/// only `wait` sees them.
struct StopSignals {
    private var set = sigset_t()

    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A reader of our output that goes away is no reason to stop serving.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Returns with the first of them; the next one ends the process at once, as usual.
    func wait() {
        var set = set
        var received: Int32 = 0
        sigwait(&set, &received)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }
}
