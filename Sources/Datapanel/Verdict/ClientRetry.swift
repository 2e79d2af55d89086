// SPDX-License-Identifier: Apache-2.0

/// Whether a blocking call tries once more. It does so only while the service certainly holds
/// nothing, and only when the pause leaves time for an attempt: one that is cut short could only
/// turn a sure outcome into a doubtful one.
package enum ClientRetry {
    case stop
    case pause(milliseconds: Int64)

    /// No attempt is begun with less time than this, or than the last one took.
    package static let attemptMinimum: Int64 = 100

    /// `isRenewed` tells that what the call is authorised with was wrong, and is not any more.
    package static func after(
        _ verdict: Verdict, isRenewed: Bool, retryAfter: Int64?, attempt: Int, took: Int64,
        left: Int64, backoff: Backoff, dice: UInt64
    ) -> ClientRetry {
        guard verdict.stored == .no else { return .stop }
        let pause: Int64
        switch verdict.next {
        case .retry:
            pause = backoff.pause(afterAttempt: attempt, dice: dice)
        case .hold:
            // A wish for no wait at all is no leave to hammer.
            let wish = retryAfter ?? 0
            pause =
                wish > 0
                ? Backoff.hold(wish, dice: dice)
                : backoff.pause(afterAttempt: attempt, dice: dice)
        case .renew, .block:
            guard isRenewed else { return .stop }
            pause = 0
        case .deliver, .split, .halve, .ambiguous, .unconfirmed, .unconfirmedAndBlock, .fail:
            return .stop
        }
        let needed = pause + max(attemptMinimum, took)
        return needed <= left ? .pause(milliseconds: pause) : .stop
    }
}
