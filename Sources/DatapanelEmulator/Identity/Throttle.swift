// SPDX-License-Identifier: Apache-2.0

/// Lets so many requests through in a second, and as many at once after a second of rest.
struct Throttle {
    private let perSecond: Double
    private var allowance: Double
    private var last: ContinuousClock.Instant?

    /// Nil lets everything through.
    init(perSecond: Int?) {
        self.perSecond = perSecond.map(Double.init) ?? .infinity
        allowance = self.perSecond
    }

    mutating func admits(at now: ContinuousClock.Instant) -> Bool {
        guard perSecond.isFinite else { return true }
        if let last {
            allowance = min(perSecond, allowance + perSecond * ((now - last) / .seconds(1)))
        }
        last = now
        guard allowance >= 1 else { return false }
        allowance -= 1
        return true
    }
}
