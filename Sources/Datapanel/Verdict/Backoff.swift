// SPDX-License-Identifier: Apache-2.0

/// Pauses between attempts: exponential with full jitter, so that clients that failed together do
/// not come back together. All times in milliseconds.
package struct Backoff: Sendable {
    /// No pause is shorter, unless `cap` is.
    package static let floor: Int64 = 50
    /// The service's own wish counts up to here.
    package static let holdCap: Int64 = 300_000

    package let base: Int64
    package let cap: Int64

    package init(base: Int64, cap: Int64) {
        self.base = base
        self.cap = cap
    }

    /// The pause after the `attempt`-th attempt, counted from 1. `dice` is any random number.
    ///
    ///     base 500, cap 30000:  attempt 1 → 50…500, 2 → 50…1000, 7 and later → 50…30000
    package func pause(afterAttempt attempt: Int, dice: UInt64) -> Int64 {
        var bound = base
        for _ in 1..<max(attempt, 1) where bound < cap { bound &*= 2 }
        bound = min(bound, cap)
        let low = min(Self.floor, bound)
        return low + Int64(dice % UInt64(bound - low + 1))
    }

    /// The pause that the service asked for, and up to a tenth more.
    package static func hold(_ retryAfter: Int64, dice: UInt64) -> Int64 {
        let wish = min(max(retryAfter, 0), holdCap)
        return wish + Int64(dice % UInt64(wish / 10 + 1))
    }
}
