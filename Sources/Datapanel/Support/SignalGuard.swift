// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Keeps SIGPIPE from the host program while a call writes to sockets: OpenSSL raises it when a
/// peer is gone, and its default is to end the process.
package enum SignalGuard {
    /// The thread's mask and its pending signals are afterwards as they were.
    package static func withoutPipe<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var pipe = sigset_t()
        var before = sigset_t()
        var pending = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        sigpending(&pending)
        let wasPending = sigismember(&pending, SIGPIPE) == 1
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer {
            if !wasPending {
                // Ours, if any: taken back before the mask opens.
                var none = timespec()
                while sigtimedwait(&pipe, nil, &none) < 0 && dpx_errno() == EINTR {}
            }
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return try body()
    }
}
