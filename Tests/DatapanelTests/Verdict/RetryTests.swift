import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct BackoffTests {
    @Test func pausesLieBetweenTheFloorAndTheBound() {
        let backoff = Backoff(base: 500, cap: 30_000)
        var dice = SeededDice(1)
        for attempt in 1...100 {
            let bound: Int64 = attempt > 6 ? 30_000 : 500 << (attempt - 1)
            for _ in 0..<1_000 {
                let pause = backoff.pause(afterAttempt: attempt, dice: dice.next())
                #expect((50...bound).contains(pause))
            }
        }
    }

    @Test func jitterIsFull() {
        let backoff = Backoff(base: 1_000, cap: 1_000)
        var dice = SeededDice(1)
        let samples = 100_000
        let sum = (0..<samples).reduce(Int64(0)) { sum, _ in
            sum + backoff.pause(afterAttempt: 3, dice: dice.next())
        }
        let mean = Double(sum) / Double(samples)
        #expect(abs(mean - 525) < 525 * 0.02)
    }

    @Test func extremesNeitherTrapNorOverflow() {
        let wide = Backoff(base: .max / 2, cap: .max - 1)
        #expect(wide.pause(afterAttempt: .max, dice: .max) >= 50)
        #expect(Backoff(base: 1, cap: 1).pause(afterAttempt: 0, dice: 7) == 1)
        #expect(Backoff.hold(.max, dice: .max) <= 330_000)
        #expect(Backoff.hold(-5, dice: 3) == 0)
    }

    @Test func holdIsNeverShorterThanTheWish() {
        var dice = SeededDice(1)
        for wish in [Int64(0), 1, 999, 60_000, 300_000] {
            for _ in 0..<1_000 {
                let pause = Backoff.hold(wish, dice: dice.next())
                #expect(pause >= wish && pause <= wish + wish / 10)
            }
        }
    }
}

struct ClientRetryTests {
    private func decide(
        _ situation: Situation, isRenewed: Bool = false, retryAfter: Int64? = nil,
        attempt: Int = 1, took: Int64 = 0, left: Int64 = 60_000
    ) -> Int64? {
        let decision = ClientRetry.after(
            situation.verdict, isRenewed: isRenewed, retryAfter: retryAfter, attempt: attempt,
            took: took, left: left, backoff: Backoff(base: 500, cap: 30_000), dice: 0)
        guard case .pause(let milliseconds) = decision else { return nil }
        return milliseconds
    }

    @Test func onlyWhatIsCertainlyNotStoredIsTriedAgain() {
        let again: Set<Situation> = [
            .resolveFailed, .connectFailed, .handshakeFailed, .sendBroken, .requestTimeout,
            .throttled, .throttledFor, .unavailableFor,
        ]
        for situation in Situation.allCases {
            #expect((decide(situation) != nil) == again.contains(situation))
        }
    }

    /// At once, and only where somebody found out why.
    @Test func credentialsThatAreRenewedAreTriedAtOnce() {
        for situation in [Situation.unauthorized, .forbidden] {
            #expect(decide(situation) == nil)
            #expect(decide(situation, isRenewed: true) == 0)
            #expect(decide(situation, isRenewed: true, left: 99) == nil)
        }
        #expect(decide(.badRequest, isRenewed: true) == nil)
        #expect(decide(.noReply, isRenewed: true) == nil)
    }

    @Test func theServicesWishIsHonoured() {
        #expect(decide(.throttledFor, retryAfter: 2_000) == 2_000)
        #expect(decide(.unavailableFor, retryAfter: 1) == 1)
    }

    @Test func aWishForNoWaitIsStillBackedOff() {
        #expect(decide(.throttledFor, retryAfter: 0) == 50)
    }

    @Test func aPauseThatLeavesNoTimeIsNotTaken() {
        #expect(decide(.throttledFor, retryAfter: 2_000, left: 2_099) == nil)
        #expect(decide(.throttledFor, retryAfter: 2_000, left: 2_100) == 2_000)
        #expect(decide(.connectFailed, took: 500, left: 549) == nil)
        #expect(decide(.connectFailed, took: 500, left: 550) == 50)
        #expect(decide(.connectFailed, left: -1) == nil)
    }
}
