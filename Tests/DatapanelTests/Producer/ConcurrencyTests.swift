// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct ConcurrencyTests {
    /// A service that answers `knee` requests at once in 20 ms, and more of them ever later, asked
    /// for as much as is allowed; how many that were in the end, on average.
    private func settled(most: Int, knee: Int) -> Double {
        var concurrency = Concurrency(most: most, isAdaptive: true)
        var now: Int64 = 0
        var sum = 0
        let rounds = 4_000
        for round in 0..<rounds {
            let limit = concurrency.limit
            for inFlight in 1...limit { concurrency.begun(inFlight: inFlight) }
            let over = max(0, limit - knee)
            let took = Int64(20 + over * 20) + Int64(round % 3)
            now += took
            for _ in 0..<limit {
                concurrency.ended(Situation.stored.verdict, took: took, now: now)
            }
            if round >= rounds / 2 { sum += limit }
        }
        return Double(sum) / Double(rounds - rounds / 2)
    }

    @Test func fixedItNeverChanges() {
        var concurrency = Concurrency(most: 4, isAdaptive: false)
        concurrency.ended(Situation.connectFailed.verdict, took: 1, now: 1)
        #expect(concurrency.limit == 4)
    }

    @Test func adaptiveItStartsWithOneAndRises() {
        #expect(Concurrency(most: 16, isAdaptive: true).limit == 1)
        #expect(settled(most: 16, knee: 100) > 15)
    }

    @Test func failuresBringItDownToOneAndNoFurther() {
        var concurrency = Concurrency(most: 16, isAdaptive: true)
        var now: Int64 = 0
        for _ in 0..<100 {
            now += 100
            concurrency.begun(inFlight: concurrency.limit)
            concurrency.ended(Situation.stored.verdict, took: 20, now: now)
        }
        #expect(concurrency.limit == 16)
        for _ in 0..<100 {
            now += 100
            concurrency.ended(Situation.throttled.verdict, took: 20, now: now)
        }
        #expect(concurrency.limit == 1)
    }

    @Test func unusedItDoesNotRise() {
        var concurrency = Concurrency(most: 16, isAdaptive: true)
        for round in 1...100 {
            concurrency.ended(Situation.stored.verdict, took: 20, now: Int64(round) * 100)
        }
        #expect(concurrency.limit == 1)
    }
}

struct RetryBudgetTests {
    /// How many repeats of a situation a budget pays for.
    private func repeats(_ budget: inout RetryBudget, _ situation: Situation) -> Int {
        var count = 0
        while budget.pay(for: situation.verdict) { count += 1 }
        return count
    }

    @Test func repeatsCostAndSuccessesEarn() {
        var budget = RetryBudget()
        let first = repeats(&budget, .connectFailed)
        for _ in 0..<9 { budget.earn() }
        let second = repeats(&budget, .connectFailed)
        budget.earn()
        let third = repeats(&budget, .connectFailed)
        #expect([first, second, third] == [50, 0, 1])
    }

    @Test func doubtfulRepeatsCostDouble() {
        var budget = RetryBudget()
        let count = repeats(&budget, .noReply)
        #expect(count == 25)
    }
}
