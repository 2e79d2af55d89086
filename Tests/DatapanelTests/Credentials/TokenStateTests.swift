import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

/// A clock that only the test moves.
struct TokenStateTests {
    private static let backoff = Backoff(base: 500, cap: 30_000)
    private static let good: Text = "a token"
    private static let error = DatapanelError(.auth, "no token from IAM")

    private func fetched(
        _ state: inout TokenState, _ number: Int, _ answer: TokenState.Answer, _ now: Int64
    ) {
        state.fetched(number, answer, backoff: Self.backoff, dice: .max, now: now)
    }

    /// Asks as IAM would be asked; nil when it is not to be.
    private func fetch(_ state: inout TokenState, _ now: Int64) -> Int? {
        guard case .fetch(let order) = state.next(now: now) else { return nil }
        return order.number
    }

    private func answered(
        _ state: inout TokenState, _ number: Int, _ situation: Situation, hasRenewed: Bool
    ) -> Bool {
        state.answered(number, situation.verdict, hasRenewed: hasRenewed)
    }

    @Test func aTokenIsRenewedBeforeItsEnd() {
        let day: Int64 = 86_400_000
        var state = TokenState(Config())
        var fetches: [Int64] = []
        for now in stride(from: Int64(0), to: 10 * day, by: 60_000) {
            if let number = fetch(&state, now) {
                fetches.append(now)
                fetched(&state, number, .proof(.token(Self.good), life: day), now)
            }
            #expect(state.token(now: now) != nil)
        }
        let pauses = zip(fetches.dropFirst(), fetches).map { $0 - $1 }
        #expect(fetches.count == 11)
        #expect(pauses.allSatisfy { $0 == day - 300_000 })
    }

    @Test func aShortLifeHasAShortMargin() {
        var state = TokenState(Config())
        let number = fetch(&state, 0) ?? 0
        fetched(&state, number, .proof(.token(Self.good), life: 1_000), 0)
        #expect(fetch(&state, 899) == nil)
        #expect(fetch(&state, 900) == number + 1)
        // Meanwhile the old one does, for as long as it is good.
        guard case .use(let token) = state.next(now: 999) else {
            Issue.record("the old token is not used")
            return
        }
        #expect(token.number == number)
        guard case .wait(nil) = state.next(now: 1_000) else {
            Issue.record("a token is used after its end")
            return
        }
    }

    @Test func aRefusedPasswordIsTriedOnceInFiveMinutes() {
        var state = TokenState(Config())
        var attempts: [Int64] = []
        for now in stride(from: Int64(0), to: 3_600_000, by: 1_000) {
            if let number = fetch(&state, now) {
                attempts.append(now)
                fetched(&state, number, .failure(.refused, Self.error, retryAfter: 1), now)
            }
            guard case .refuse(let error) = state.next(now: now) else {
                Issue.record("nobody is told at \(now)")
                return
            }
            #expect(error.code == .auth)
        }
        #expect(attempts == (0..<12).map { $0 * 300_000 })
        state.startAnew(Config())
        #expect(fetch(&state, 3_600_000 - 1) != nil)
    }

    @Test func whatMayPassIsTriedWithLongerAndLongerPauses() {
        var state = TokenState(Config())
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<9 {
            let number = fetch(&state, now)
            fetched(&state, number ?? 0, .failure(.passing, Self.error, retryAfter: nil), now)
            guard case .wait(let time?) = state.next(now: now) else {
                Issue.record("nothing to wait for")
                return
            }
            pauses.append(time - now)
            #expect(fetch(&state, time - 1) == nil)
            now = time
        }
        #expect(pauses.allSatisfy { (50...30_000).contains($0) })
        let number = fetch(&state, now) ?? 0
        fetched(&state, number, .failure(.passing, Self.error, retryAfter: 60_000), now)
        #expect(fetch(&state, now + 59_999) == nil)
        #expect(fetch(&state, now + 66_000) != nil)
    }

    @Test func aCallGoesAgainOnceAndAfterATokenThatWasGood() {
        var state = TokenState(Config())
        let first = fetch(&state, 0) ?? 0
        fetched(&state, first, .proof(.token(Self.good), life: 86_400_000), 0)
        #expect(answered(&state, first, .unauthorized, hasRenewed: false))
        // The same news from another call leads to no other request.
        let second = fetch(&state, 0) ?? 0
        #expect(second == first + 1)
        #expect(answered(&state, first, .unauthorized, hasRenewed: false))
        #expect(fetch(&state, 0) == nil)
        fetched(&state, second, .proof(.token(Self.good), life: 86_400_000), 0)
        #expect(answered(&state, first, .unauthorized, hasRenewed: false))
        #expect(state.token(now: 0)?.number == second)
        #expect(!answered(&state, second, .stored, hasRenewed: true))
        #expect(answered(&state, second, .unauthorized, hasRenewed: true))
        let third = fetch(&state, 0) ?? 0
        fetched(&state, third, .proof(.token(Self.good), life: 86_400_000), 0)
        #expect(!answered(&state, third, .unauthorized, hasRenewed: true))
        #expect(state.token(now: 0) == nil)
    }

    @Test func answersToFormerCredentialsDoNotCount() {
        var state = TokenState(Config())
        let former = fetch(&state, 0) ?? 0
        state.startAnew(Config())
        let number = fetch(&state, 0) ?? 0
        #expect(number != former)
        fetched(&state, former, .failure(.refused, Self.error, retryAfter: nil), 1)
        guard case .wait(nil) = state.next(now: 1) else {
            Issue.record("what is under way is forgotten")
            return
        }
        fetched(&state, number, .proof(.token(Self.good), life: 86_400_000), 2)
        #expect(state.token(now: 2)?.number == number)
    }

    // MARK: every sequence of events

    /// What has happened so far, as one sees it who does not know how the state works.
    private struct History {
        var state = TokenState(Config())
        var now: Int64 = 0
        var underWay: [Int] = []
        var current: Int?
        var ends: [Int: Int64] = [:]
        var refused: Set<Int> = []
        var refusedAt: Int64?
    }

    private enum Event: CaseIterable {
        case ask, granted, failed, passwordRefused, tokenRefused, setAnew, soon, late
    }

    @Test func noSequenceOfEventsBreaksARule() {
        var ways = 0
        func follow(_ history: History, _ depth: Int) {
            ways += 1
            expectEnd(history)
            guard depth > 0 else { return }
            for event in Event.allCases {
                var next = history
                if apply(event, &next) { follow(next, depth - 1) }
            }
        }
        follow(History(), 7)
        #expect(ways > 10_000)
    }

    /// False when it cannot happen now.
    private func apply(_ event: Event, _ history: inout History) -> Bool {
        switch event {
        case .ask:
            ask(&history)
        case .granted, .failed, .passwordRefused:
            guard let number = history.underWay.popLast() else { return false }
            answer(event, number, &history)
        case .tokenRefused:
            guard let token = history.state.token(now: history.now) else { return false }
            history.refused.insert(token.number)
            _ = history.state.answered(
                token.number, Situation.unauthorized.verdict, hasRenewed: false)
        case .setAnew:
            history.state.startAnew(Config())
            history.current = nil
            history.refusedAt = nil
            history.refused.formUnion(history.ends.keys)
        case .soon:
            history.now += 950
        case .late:
            history.now += 300_000
        }
        return true
    }

    private func ask(_ history: inout History) {
        switch history.state.next(now: history.now) {
        case .use(let token):
            #expect(history.now < history.ends[token.number] ?? 0)
            #expect(!history.refused.contains(token.number))
        case .fetch(let order):
            let number = order.number
            #expect(history.current == nil, "two requests for a token at once")
            if let time = history.refusedAt { #expect(history.now >= time + 300_000) }
            history.current = number
            history.underWay.append(number)
        case .wait(let time):
            #expect((time == nil) == (history.current != nil))
            if let time { #expect(time > history.now) }
        case .refuse:
            #expect(history.refusedAt != nil)
        }
    }

    private func answer(_ event: Event, _ number: Int, _ history: inout History) {
        let counts = history.current == number
        if counts { history.current = nil }
        switch event {
        case .granted:
            if counts { history.ends[number] = history.now + 1_000 }
            fetched(&history.state, number, .proof(.token(Self.good), life: 1_000), history.now)
        case .failed:
            fetched(
                &history.state, number, .failure(.passing, Self.error, retryAfter: nil),
                history.now)
        default:
            if counts { history.refusedAt = history.now }
            fetched(
                &history.state, number, .failure(.refused, Self.error, retryAfter: nil),
                history.now)
        }
    }

    /// Whatever happened: once IAM answers and time passes there is a token.
    private func expectEnd(_ history: History) {
        var state = history.state
        let now = history.now + 300_000
        let number = history.current ?? fetch(&state, now)
        if let number { fetched(&state, number, .proof(.token(Self.good), life: 1_000), now) }
        #expect(state.token(now: now) != nil)
    }
}
