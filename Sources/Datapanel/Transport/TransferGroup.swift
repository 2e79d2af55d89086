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

    static func make() throws(DatapanelError) -> TransferGroup {
        guard CurlLibrary.isReady, let multi = curl_multi_init() else {
            throw .noMemory("the connections of a producer")
        }
        return TransferGroup(multi)
    }

    deinit { curl_multi_cleanup(multi) }

    func add(_ transfer: Transfer) -> Bool {
        curl_multi_add_handle(multi, transfer.easy) == CURLM_OK
    }

    /// Also breaks a transfer off.
    func remove(_ transfer: Transfer) {
        curl_multi_remove_handle(multi, transfer.easy)
    }

    /// Moves everything on as far as it goes without waiting.
    func perform() {
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
    }

    /// A transfer that has ended, told by its handle, and how.
    func next() -> (easy: UnsafeMutableRawPointer, result: CURLcode)? {
        var easy: UnsafeMutableRawPointer?
        var result = CURLE_OK
        guard dpx_curl_multi_next(multi, &easy, &result) != 0, let easy else { return nil }
        return (easy, result)
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
