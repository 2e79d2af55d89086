// SPDX-License-Identifier: Apache-2.0
import CCurl

/// Transfers that one thread carries at once.
///
/// Runs on: the producer's thread; `wakeUp` on any.
final class TransferGroup: @unchecked Sendable {
    private let multi: UnsafeMutableRawPointer

    private init(_ multi: UnsafeMutableRawPointer) {
        self.multi = multi
    }

    /// Keeps so many connections open. Left to itself, libcurl closes idle ones whenever few
    /// transfers are under way.
    static func make(connections: Int) throws(DatapanelError) -> TransferGroup {
        guard CurlLibrary.isReady, let multi = curl_multi_init() else {
            throw .noMemory("the connections of a producer")
        }
        dpx_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
        return TransferGroup(multi)
    }

    deinit { curl_multi_cleanup(multi) }

    func add(_ transfer: Transfer) -> Bool {
        curl_multi_add_handle(multi, transfer.easy) == CURLM_OK
    }

    /// Moves everything on as far as it goes without waiting.
    func perform() {
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
    }

    /// That a transfer has ended, and how.
    struct End {
        fileprivate let easy: UnsafeMutableRawPointer
        fileprivate let result: CURLcode

        func isOf(_ transfer: Transfer) -> Bool { transfer.easy == easy }
    }

    func nextEnd() -> End? {
        var easy: UnsafeMutableRawPointer?
        var result = CURLE_OK
        guard dpx_curl_multi_next(multi, &easy, &result) != 0, let easy else { return nil }
        return End(easy: easy, result: result)
    }

    /// Takes out a transfer that has ended, with what it brought.
    func finish(_ transfer: Transfer, _ end: End) -> Exchange {
        curl_multi_remove_handle(multi, transfer.easy)
        return transfer.finish(end.result)
    }

    /// Takes out a transfer that has not ended, at once.
    func breakOff(_ transfer: Transfer) -> Exchange {
        curl_multi_remove_handle(multi, transfer.easy)
        return transfer.finish(CURLE_ABORTED_BY_CALLBACK)
    }

    /// Waits until there is something to do for a transfer, somebody wakes it up, or the time is
    /// over.
    func wait(milliseconds: Int64) {
        let bounded = Int32(truncatingIfNeeded: min(max(milliseconds, 0), 3_600_000))
        curl_multi_poll(multi, nil, 0, bounded, nil)
    }

    func wakeUp() {
        curl_multi_wakeup(multi)
    }
}
