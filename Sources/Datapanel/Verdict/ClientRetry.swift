// SPDX-License-Identifier: Apache-2.0

/// Whether a blocking call tries once more. It does so only while the service certainly holds
/// nothing, and only when the pause leaves time for an attempt.
package enum ClientRetry {
    case stop
    case pause(milliseconds: Int64)

    package static func after(
        _ verdict: Verdict, retryAfter: Int64?, attempt: Int, left: Int64,
        backoff: Backoff, dice: UInt64
    ) -> ClientRetry {
        guard verdict.stored == .no else { return .stop }
        let pause: Int64
        switch verdict.next {
        case .retry:
            pause = backoff.pause(afterAttempt: attempt, dice: dice)
        case .hold:
            pause = Backoff.hold(retryAfter ?? 0, dice: dice)
        case .deliver, .renew, .split, .halve, .block, .ambiguous, .unconfirmed,
            .unconfirmedAndBlock, .fail:
            return .stop
        }
        return pause < left ? .pause(milliseconds: pause) : .stop
    }
}
