// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

/// The decision itself, for facts of every kind.
struct DeliveryTests {
    private static let samples = 100_000

    private func facts(_ dice: inout SeededDice, _ next: [Verdict.Next]) -> Delivery.Facts {
        let situations = Situation.allCases.filter { next.contains($0.verdict.next) }
        return Delivery.Facts(
            verdict: (situations.randomElement(using: &dice) ?? .stored).verdict,
            count: Int.random(in: 1...200, using: &dice), ambiguousAttempts: 1,
            failures: Int.random(in: 1...40, using: &dice),
            retryAfter: dice.hits(70) ? Int64.random(in: -5...500_000, using: &dice) : nil,
            left: Int64.random(in: -10...600_000, using: &dice), dice: dice.next())
    }

    private func delivery(_ dice: inout SeededDice) -> Delivery {
        let cap = Int64.random(in: 50...600_000, using: &dice)
        return Delivery(
            backoff: Backoff(base: Int64.random(in: 1...cap, using: &dice), cap: cap),
            triesAmbiguousAgain: true, ambiguousLimit: 3)
    }

    private func bound(_ backoff: Backoff, _ failures: Int) -> Int64 {
        var bound = backoff.base
        for _ in 1..<max(failures, 2) where failures > 1 { bound = min(backoff.cap, bound * 2) }
        return bound
    }

    @Test func pausesAreInsideTheirBoundsAndTheTimeThatIsLeft() {
        var dice = SeededDice(1)
        var wrong = 0
        for _ in 0..<Self.samples {
            let delivery = delivery(&dice)
            let facts = facts(&dice, [.retry, .ambiguous])
            let bound = bound(delivery.backoff, facts.failures)
            switch delivery.decide(facts) {
            case .retry(let pause):
                let isInside = pause >= min(50, bound) && pause <= bound && pause < facts.left
                if !isInside { wrong += 1 }
            case .expire:
                if facts.left > bound { wrong += 1 }
            default:
                wrong += 1
            }
        }
        #expect(wrong == 0)
    }

    @Test func theTimeToWaitIsNeverCutShort() {
        var dice = SeededDice(2)
        var wrong = 0
        for _ in 0..<Self.samples {
            let delivery = delivery(&dice)
            let facts = facts(&dice, [.hold])
            let wish = max(0, min(facts.retryAfter ?? 0, 300_000))
            let most = wish > 0 ? wish + wish / 10 : bound(delivery.backoff, facts.failures)
            switch delivery.decide(facts) {
            case .retry(let pause):
                if pause < max(wish, 1) || pause > most || pause >= facts.left { wrong += 1 }
            case .expire:
                if facts.left > most { wrong += 1 }
            default:
                wrong += 1
            }
        }
        #expect(wrong == 0)
    }

    @Test func probesComeInTheirRhythm() {
        var dice = SeededDice(3)
        var wrong = 0
        for _ in 0..<Self.samples {
            let facts = facts(&dice, [.block, .renew, .unconfirmedAndBlock])
            let bound = bound(Delivery.probes, facts.failures)
            switch delivery(&dice).decide(facts) {
            case .block(let pause), .settleAndBlock(let pause):
                if !(50...bound).contains(pause) { wrong += 1 }
            default:
                wrong += 1
            }
        }
        #expect(wrong == 0)
    }

    @Test func renewedCredentialsAreTriedAtOnce() {
        let delivery = Delivery(
            backoff: Backoff(base: 500, cap: 30_000), triesAmbiguousAgain: true, ambiguousLimit: 3)
        func decide(_ situation: Situation, left: Int64 = 600_000) -> Delivery.Decision {
            delivery.decide(
                Delivery.Facts(
                    verdict: situation.verdict, isRenewed: true, count: 2, ambiguousAttempts: 0,
                    failures: 1, retryAfter: nil, left: left, dice: 0))
        }
        #expect(decide(.unauthorized) == .retry(pause: 0))
        #expect(decide(.forbidden) == .retry(pause: 0))
        #expect(decide(.unauthorized, left: 0) == .expire)
        #expect(decide(.badRequest) == .split)
    }

    /// Full jitter: each tenth of what is possible has its tenth of the pauses.
    @Test(arguments: [1, 4, 12])
    func everyPauseIsAsLikelyAsAnother(_ failures: Int) {
        var dice = SeededDice(4)
        let delivery = Delivery(
            backoff: Backoff(base: 500, cap: 30_000), triesAmbiguousAgain: true, ambiguousLimit: 3)
        let bound = bound(delivery.backoff, failures)
        var tenths = [Int](repeating: 0, count: 10)
        var shortest = Int64.max
        var longest: Int64 = 0
        for _ in 0..<Self.samples {
            let decision = delivery.decide(
                Delivery.Facts(
                    verdict: Situation.connectFailed.verdict, count: 1, ambiguousAttempts: 0,
                    failures: failures, retryAfter: nil, left: .max, dice: dice.next()))
            guard case .retry(let pause) = decision else { continue }
            tenths[Int((pause - 50) * 10 / (bound - 50 + 1))] += 1
            shortest = min(shortest, pause)
            longest = max(longest, pause)
        }
        #expect(tenths.allSatisfy { abs($0 - Self.samples / 10) < Self.samples / 100 })
        #expect(shortest < 50 + (bound - 50) / 100)
        #expect(longest > bound - (bound - 50) / 100)
    }
}
