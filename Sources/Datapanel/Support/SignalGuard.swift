// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Keeps SIGPIPE from the host program while a call writes to sockets: OpenSSL raises it when a
/// peer is gone, and its default is to end the process.
package enum SignalGuard {
    /// The thread's mask and its pending signals are afterwards as they were.
    package static func withoutPipe<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let former = Former()
        defer { former.restore() }
        return try body()
    }

    /// How it was before. Apart from the generic function, of which each use is a copy.
    private struct Former {
        private var mask = sigset_t()
        private var wasPending = false

        @inline(never)
        init() {
            var pipe = Self.pipe
            var pending = sigset_t()
            sigpending(&pending)
            wasPending = sigismember(&pending, SIGPIPE) == 1
            pthread_sigmask(SIG_BLOCK, &pipe, &mask)
        }

        @inline(never)
        func restore() {
            if !wasPending {
                // Ours, if any: taken back before the mask opens.
                var pipe = Self.pipe
                var none = timespec()
                while sigtimedwait(&pipe, nil, &none) < 0 && dpx_errno() == EINTR {}
            }
            var mask = mask
            pthread_sigmask(SIG_SETMASK, &mask, nil)
        }

        private static var pipe: sigset_t {
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            return signals
        }
    }
}
