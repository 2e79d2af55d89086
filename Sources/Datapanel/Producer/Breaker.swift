// SPDX-License-Identifier: Apache-2.0

/// Keeps a target that only fails from getting more than one request at a time.
struct Breaker {
    private static let failuresToOpen = 5
    private static let successesToClose = 2

    private(set) var isOpen = false
    private var failures = 0
    private var successes = 0

    /// Transport failures and 5xx in a row count; what the service refuses does not.
    mutating func attempted(_ verdict: Verdict) {
        switch verdict.next {
        case .retry, .ambiguous:
            failures += 1
            successes = 0
            if failures >= Self.failuresToOpen { isOpen = true }
        case .deliver:
            failures = 0
            successes += 1
            if successes >= Self.successesToClose { isOpen = false }
        case .hold, .renew, .split, .halve, .block, .unconfirmed, .unconfirmedAndBlock, .fail:
            failures = 0
        }
    }
}
