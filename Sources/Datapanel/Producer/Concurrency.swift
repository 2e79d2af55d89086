// SPDX-License-Identifier: Apache-2.0

/// How many requests may be under way. Adaptive, it starts with one and finds out what the service
/// takes: one more while answers come as fast as they did and all are in use, a tenth less when
/// they slow down or fail. (Additive increase, multiplicative decrease, as Vector does it.)
struct Concurrency {
    private static let decrease = 0.9
    /// The weight of the newest time in the average.
    private static let weight = 0.4
    /// So many deviations above the average are slow.
    private static let slowness = 2.5

    let most: Int
    private let isAdaptive: Bool
    private var allowed: Double
    private var isUsedUp = false
    private var average = 0.0
    private var variance = 0.0
    /// One change in the time that an answer takes: only then its effect can be seen.
    private var changesAt: Int64 = 0

    init(most: Int, isAdaptive: Bool) {
        self.most = most
        self.isAdaptive = isAdaptive
        allowed = isAdaptive ? 1 : Double(most)
    }

    var limit: Int { max(1, Int(allowed)) }

    mutating func begun(inFlight: Int) {
        if inFlight >= limit { isUsedUp = true }
    }

    /// Times are in milliseconds.
    mutating func ended(_ verdict: Verdict, took: Int64, now: Int64) {
        guard isAdaptive else { return }
        switch verdict.next {
        case .deliver:
            let isSlow = average > 0 && Double(took) > average + Self.slowness * deviation + 1
            note(Double(took))
            change(isSlow ? .down : .up, now)
        case .retry, .hold, .ambiguous:
            change(.down, now)
        case .renew, .split, .halve, .block, .unconfirmed, .unconfirmedAndBlock, .fail:
            return
        }
    }

    private enum Direction { case up, down }

    private mutating func change(_ direction: Direction, _ now: Int64) {
        guard now >= changesAt else { return }
        switch direction {
        case .up:
            guard isUsedUp else { return }
            allowed = min(allowed + 1, Double(most))
        case .down:
            allowed = max(1, allowed * Self.decrease)
        }
        isUsedUp = false
        changesAt = now + Int64(average)
    }

    private mutating func note(_ time: Double) {
        guard average > 0 else {
            average = max(time, 1)
            return
        }
        let difference = time - average
        average += Self.weight * difference
        variance = (1 - Self.weight) * (variance + Self.weight * difference * difference)
    }

    private var deviation: Double { variance.squareRoot() }
}
