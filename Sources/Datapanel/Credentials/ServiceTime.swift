// SPDX-License-Identifier: Apache-2.0

/// The time on the service's clock, which signatures have to show: our own, until the service
/// refuses a call and the `Date` of its reply tells that the clocks are apart. Times are in seconds
/// of Unix time.
package struct ServiceTime: Sendable {
    /// The service takes signatures that are 15 minutes off. One that is less off than this was
    /// refused for another reason.
    private static let tolerance: Int64 = 600

    /// How far the service's clock is ahead.
    package private(set) var ahead: Int64 = 0
    private var corrections = 0
    /// A correction that did not help is the last one.
    private var mayCorrect = true

    package init() {}

    /// What a call is signed with.
    package struct Reading: Sendable {
        package let seconds: Int64
        fileprivate let corrections: Int
    }

    package func read(now: Int64) -> Reading {
        Reading(seconds: now + ahead, corrections: corrections)
    }

    /// Takes note of a reply. Says whether the call was refused although it would be let in if it
    /// were signed anew.
    package mutating func answered(
        _ status: Int32, date: Int64?, to reading: Reading, now: Int64
    ) -> Bool {
        if (200...299).contains(status) { mayCorrect = true }
        guard status == 401 || status == 403 else { return false }
        // Another call was refused before it, and is corrected already.
        if reading.corrections != corrections { return true }
        guard mayCorrect, let date, abs(date - now - ahead) > Self.tolerance else { return false }
        ahead = date - now
        corrections += 1
        mayCorrect = false
        return true
    }
}
