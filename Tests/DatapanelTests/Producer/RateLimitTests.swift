// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct RateLimitTests {
    /// How much goes in so many seconds when as much is sent as may be.
    private func sent(rate: Int64, cost: Int, seconds: Int64) -> Int {
        var limit = RateLimit()
        limit.set(rate, now: 0)
        var now: Int64 = 0
        var total = 0
        while now < seconds * 1_000 {
            let time = limit.opensAt(now: now)
            if time > now {
                now = time
            } else {
                limit.pay(cost)
                total += cost
            }
        }
        return total
    }

    @Test(arguments: [(10, 1), (200, 1), (1_000, 100), (1_000_000, 1_048_576), (3, 10)])
    func theAverageHoldsWhateverTheSize(_ rate: Int64, _ cost: Int) {
        let seconds: Int64 = 100
        let total = sent(rate: rate, cost: cost, seconds: seconds)
        // One second's worth may go at once, and the last may be on credit.
        #expect(total >= Int(rate * seconds) - cost)
        #expect(total <= Int(rate * (seconds + 1)) + cost)
    }

    /// Against an account kept in another way, whenever somebody asks.
    @Test func nothingGoesWithoutHavingBeenSaved() {
        var dice = SeededDice(1)
        var limit = RateLimit()
        var now: Int64 = 0
        var at: Int64 = 0
        var saved = 0.0
        var rate: Int64 = 0
        var wrong = 0
        for sample in 0..<100_000 {
            if sample % 1_000 == 0 {
                rate = Int64.random(in: 1...1_000_000, using: &dice)
                limit.set(rate, now: now)
                (saved, at) = (Double(rate), now)
            }
            now += dice.hits(50) ? 0 : Int64.random(in: 1...3_000, using: &dice)
            saved = min(Double(rate), saved + Double(rate) * Double(now - at) / 1_000)
            at = now
            let opensAt = limit.opensAt(now: now)
            if (opensAt <= now) != (saved > 1e-6) { wrong += 1 }
            // What it promises is when there is something, and not much later.
            let wait = max(0, -saved) * 1_000 / Double(rate)
            if abs(Double(opensAt - now) - wait) > 1.01 { wrong += 1 }
            guard opensAt <= now else { continue }
            let cost = Int.random(in: 1...Int(rate * 2), using: &dice)
            limit.pay(cost)
            saved -= Double(cost)
        }
        #expect(wrong == 0)
    }

    @Test func withoutALimitEverythingGoes() {
        var limit = RateLimit()
        for now in Int64(0)..<100 {
            #expect(limit.opensAt(now: now) == now)
            limit.pay(1_000_000)
        }
    }

    @Test func aLongPauseSavesOneSecondOnly() {
        var limit = RateLimit()
        limit.set(10, now: 0)
        limit.pay(10)
        var total = 0
        let now: Int64 = .max / 4
        while limit.opensAt(now: now) <= now {
            limit.pay(1)
            total += 1
        }
        #expect(total == 10)
    }

    @Test func aChangedLimitHoldsAtOnce() throws {
        var simulation = try Simulation(
            ["batch.objects": "1", "rate.objects": "10", "delivery.timeout": "24h"])
        for index in 0..<100 { _ = try simulation.take("{\"n\":\(index)}") }
        let begin = simulation.now
        try simulation.run { _ in .stored }
        #expect((8_500...9_500).contains(simulation.now - begin))
    }
}

struct BreakerTests {
    private func state(_ situations: [Situation]) -> Bool {
        var breaker = Breaker()
        for situation in situations { breaker.attempted(situation.verdict) }
        return breaker.isOpen
    }

    @Test func opensAfterFiveFailuresAndClosesAfterTwoSuccesses() {
        let five = [Situation](repeating: .connectFailed, count: 5)
        #expect(!state(Array(five.dropLast())))
        #expect(state(five))
        #expect(state(five + [.stored]))
        #expect(!state(five + [.stored, .stored]))
        #expect(state(five + [.stored, .noReply, .stored]))
    }

    @Test func whatTheServiceRefusesDoesNotOpenIt() {
        #expect(!state([Situation](repeating: .badRequest, count: 100)))
        #expect(!state([Situation](repeating: .throttledFor, count: 100)))
    }
}

struct HistogramTests {
    @Test(arguments: [
        (Int64(-5), 0), (0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1_024, 10), (1_025, 11),
        (.max, 31),
    ])
    func valuesFallIntoClassesThatDouble(_ value: Int64, _ index: Int) {
        var histogram = Histogram()
        histogram.add(value)
        #expect(histogram.counts[index] == 1)
        #expect(histogram.count == 1)
        if let bound = Histogram.bound(index) { #expect(value <= bound) }
    }
}
