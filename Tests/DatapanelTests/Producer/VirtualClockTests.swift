// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

/// A hundred thousand requests each, on a clock that is not real.
struct VirtualClockTests {
    private static let requests = 100_000

    private static let failures: [Situation] = [
        .resolveFailed, .connectFailed, .handshakeFailed, .sendBroken, .noReply, .replyTimeout,
        .requestTimeout, .throttled, .serverError, .badGateway, .unavailable, .otherServerError,
    ]

    private static func answer(
        _ dice: inout SeededDice, failing percent: Int
    ) -> Traffic.Answer {
        var answer = Traffic.Answer(took: Int64.random(in: 1...500, using: &dice))
        if dice.hits(percent) { answer.situation = failures.randomElement(using: &dice) ?? .stored }
        return answer
    }

    /// Long enough that nothing expires, and doubt is repeated without end.
    private static let patient = [
        "batch.objects": "2", "delivery.timeout": "168h", "ambiguous.attempts": "1000",
        "reports": "none",
    ]

    @Test(arguments: ["1", "4", "16"])
    func nothingBeginsBeforeTheTimeToWaitIsOver(_ inflight: String) throws {
        var traffic = try Traffic(
            Self.patient.merging(["inflight": inflight]) { $1 }, seed: 1)
        var opensAt: Int64 = 0
        var early = 0
        var holds = 0
        try traffic.run(Self.requests) { dice in
            var answer = Self.answer(&dice, failing: 20)
            if dice.hits(10) {
                answer.situation = dice.hits(50) ? .throttledFor : .unavailableFor
                answer.retryAfter = Int64.random(in: 1...400_000, using: &dice)
            }
            return answer
        } watch: { event, traffic in
            switch event {
            case .begun:
                if traffic.now < opensAt { early += 1 }
            case .told: return
            case .ended(_, let answer, _):
                guard let wish = answer.retryAfter else { return }
                holds += 1
                opensAt = max(opensAt, traffic.now + min(wish, 300_000))
            }
        }
        #expect(holds > 5_000)
        #expect(early == 0)
    }

    @Test func pausesAreThoseOfTheBackoff() throws {
        var settings = Self.patient
        settings.merge(["inflight": "1", "backoff.base": "100ms", "backoff.cap": "10s"]) { $1 }
        var traffic = try Traffic(settings, seed: 2)
        var failures = 0
        var opensAt: Int64 = 0
        var outside = 0
        var early = 0
        try traffic.run(Self.requests) { dice in
            Self.answer(&dice, failing: 60)
        } watch: { event, traffic in
            switch event {
            case .begun:
                if traffic.now < opensAt { early += 1 }
            case .ended(_, _, .retry(let pause)):
                failures += 1
                let bound = min(10_000, Int64(100) << min(failures - 1, 20))
                if !(50...bound).contains(pause) { outside += 1 }
                opensAt = traffic.now + pause
            case .ended:
                failures = 0
            case .told: return
            }
        }
        #expect(outside == 0)
        #expect(early == 0)
    }

    @Test func anOpenBreakerLetsOneRequestThroughAtATime() throws {
        var traffic = try Traffic(
            Self.patient.merging(["inflight": "8", "backoff.cap": "1s"]) { $1 }, seed: 3)
        var failures = 0
        var successes = 0
        var isOpen = false
        var opened = 0
        var together = 0
        try traffic.run(Self.requests) { dice in
            Self.answer(&dice, failing: 50)
        } watch: { event, traffic in
            switch event {
            case .begun:
                if isOpen && traffic.underWay > 1 { together += 1 }
            case .ended(_, let answer, _) where answer.situation == .stored:
                failures = 0
                successes += 1
                if successes >= 2 { isOpen = false }
            case .ended:
                failures += 1
                successes = 0
                if failures == 5 { opened += 1 }
                if failures >= 5 { isOpen = true }
            case .told: return
            }
        }
        #expect(opened > 100)
        #expect(together == 0)
    }

    /// Without budget a repeat waits for the longest pause, whatever the dice say.
    @Test func aSpentBudgetSlowsRepeatsDown() throws {
        var settings = Self.patient
        settings.merge(["inflight": "1", "backoff.base": "1ms", "backoff.cap": "60s"]) { $1 }
        var traffic = try Traffic(settings, seed: 4)
        var budget = 500
        var opensAt: Int64 = 0
        var early = 0
        var refused = 0
        try traffic.run(Self.requests) { dice in
            Self.answer(&dice, failing: 30)
        } watch: { event, traffic in
            switch event {
            case .begun:
                if traffic.now < opensAt { early += 1 }
            case .ended(_, let answer, .retry):
                let verdict = answer.situation.verdict
                let cost = verdict.next == .ambiguous ? 20 : verdict.code == .server ? 5 : 10
                if budget >= cost {
                    budget -= cost
                } else {
                    refused += 1
                    opensAt = traffic.now + 60_000
                }
            case .ended:
                budget = min(500, budget + 1)
            case .told: return
            }
        }
        #expect(refused > 1_000)
        #expect(early == 0)
    }

    /// What is blocked waits for seconds, but a success beside it shows that there is no need to.
    @Test func aSuccessEndsABlock() throws {
        var traffic = try Traffic(Self.patient.merging(["inflight": "8"]) { $1 }, seed: 8)
        let begin = traffic.now
        var blocks = 0
        try traffic.run(Self.requests) { dice in
            Traffic.Answer(
                situation: dice.hits(2) ? .forbidden : .stored,
                took: Int64.random(in: 1...100, using: &dice))
        } watch: { event, _ in
            if case .ended(_, _, .block) = event { blocks += 1 }
        }
        #expect(blocks > 1_000)
        // 50 ms each, eight at a time, and one at a time now and then.
        #expect(traffic.now - begin < Int64(Self.requests) * 50 / 8 * 3)
    }

    /// Nothing is tried after its time, and what fails until then is told then, with its cause.
    @Test func everythingEndsInItsTime() throws {
        let limit: Int64 = 40_000
        var traffic = try Traffic(
            ["batch.objects": "2", "delivery.timeout": "40s", "ambiguous.attempts": "1000"], seed: 5
        )
        var late = 0
        var expired = 0
        var withoutCause = 0
        var tickets: Set<UInt64> = []
        var told = 0
        try traffic.run(Self.requests) { dice in
            Self.answer(&dice, failing: 97)
        } watch: { event, traffic in
            switch event {
            case .begun(let batch):
                if traffic.now > batch.startedAt + limit { late += 1 }
            case .told(let settlement):
                told += settlement.count
                tickets.formUnion((0..<settlement.count).map { settlement[$0].ticket })
                guard settlement.outcome.code == .expired else { return }
                expired += settlement.count
                // It may end early, when the next pause leaves no time, or with a last request.
                if traffic.now > settlement.batch.startedAt + limit + 500 { late += 1 }
                let message = string(settlement.outcome.message?.pointer) ?? ""
                if !message.contains("last: ") && !message.contains("never sent") {
                    withoutCause += 1
                }
            case .ended: return
            }
        }
        #expect(late == 0)
        #expect(withoutCause == 0)
        #expect(expired > 10_000)
        #expect(tickets.count == told)
    }

    /// Also what was put behind others, because its target rejects everything.
    @Test func whatIsRejectedWithAllOthersEndsInItsTime() throws {
        var traffic = try Traffic(["batch.objects": "2", "delivery.timeout": "40s"], seed: 6)
        var told = 0
        var late = 0
        while told < Self.requests {
            traffic.arrivals = traffic.state.targets[0].blockedBy == nil ? 40 : 1
            try traffic.run(1) { dice in
                Traffic.Answer(situation: .badRequest, took: Int64.random(in: 1...9, using: &dice))
            } watch: { event, traffic in
                guard case .told(let settlement) = event else { return }
                told += settlement.count
                if traffic.now > settlement.batch.startedAt + 40_000 + 9 { late += 1 }
            }
        }
        #expect(late == 0)
    }

    @Test(arguments: ["rate.requests", "rate.objects", "rate.bytes"])
    func noSecondHasMoreThanItsShare(_ key: String) throws {
        let rate = 50.0
        var traffic = try Traffic(
            ["batch.objects": "3", "reports": "none", "inflight": "16", key: "50"], seed: 7)
        // What may still go: one second's worth at the most, and the last on credit.
        var saved = rate
        var last = traffic.now
        var over = 0
        var total = 0.0
        let begin = traffic.now
        try traffic.run(Self.requests) { dice in
            Traffic.Answer(took: Int64.random(in: 1...200, using: &dice))
        } watch: { event, traffic in
            guard case .begun(let batch) = event else { return }
            saved = min(rate, saved + Double(traffic.now - last) * rate / 1_000)
            last = traffic.now
            if saved <= -1e-6 { over += 1 }
            let cost =
                key == "rate.requests" ? 1 : key == "rate.objects" ? batch.count : batch.objectBytes
            saved -= Double(cost)
            total += Double(cost)
        }
        #expect(over == 0)
        let seconds = Double(traffic.now - begin) / 1_000
        #expect(total <= rate * (seconds + 1) + 100)
        // Nor does it send much less than it may.
        #expect(total >= rate * seconds * 0.95)
    }
}
