// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

/// A clock that only the test moves.
struct NameSearchTests {
    private static let backoff = Backoff(base: 500, cap: 30_000)
    private static let error: Text = "no such name"

    private func search() -> NameSearch {
        NameSearch(.dataclass, "Alert")
    }

    private func fail(
        _ search: NameSearch, _ failure: NameSearch.Failure, retryAfter: Int64? = nil, _ now: Int64
    ) throws {
        let next = search.next(Config(), now: now)
        let number = try #require(next?.number)
        search.answered(
            number, .failure(failure, Self.error, retryAfter: retryAfter), backoff: Self.backoff,
            dice: 0, now: now)
    }

    private func find(_ search: NameSearch, _ id: Text, _ now: Int64) throws {
        let next = search.next(Config(), now: now)
        let number = try #require(next?.number)
        search.answered(number, .found(id), backoff: Self.backoff, dice: 0, now: now)
    }

    @Test func oneRequestIsUnderWayAtATime() throws {
        let search = search()
        let number = try #require(search.next(Config(), now: 0)?.number)
        #expect(search.next(Config(), now: 1_000_000) == nil)
        #expect(search.dueAt == nil)
        search.answered(number, .found("1"), backoff: Self.backoff, dice: 0, now: 0)
        #expect(search.id?.description == "1")
        #expect(search.next(Config(), now: 1_000_000) == nil)
    }

    @Test func whatMayPassIsTriedAgainAfterAPause() throws {
        let search = search()
        for _ in 0..<5 {
            let now = search.dueAt ?? 0
            try fail(search, .passing, now)
            #expect(search.dueAt == now + 50)
            #expect(search.next(Config(), now: now + 49) == nil)
            #expect(search.trouble != nil)
        }
        try find(search, "1", search.dueAt ?? 0)
        #expect(search.trouble == nil)
    }

    @Test func theServiceMaySayHowLongToWait() throws {
        let search = search()
        try fail(search, .passing, retryAfter: 7_000, 0)
        #expect(search.dueAt == 7_000)
        try fail(search, .passing, retryAfter: 0, 7_000)
        #expect(search.dueAt == 7_050)
    }

    @Test func whatNeedsAPersonIsTriedLessOften() throws {
        let search = search()
        var number: Int?
        var pauses: [Int64] = []
        var now: Int64 = 0
        for _ in 0..<12 {
            number = search.next(Config(), now: now)?.number
            search.answered(
                try #require(number), .failure(.standing, Self.error, retryAfter: nil),
                backoff: Self.backoff, dice: .max, now: now)
            let due = try #require(search.dueAt)
            pauses.append(due - now)
            now = due
        }
        #expect(pauses.allSatisfy { 50...300_000 ~= $0 })
        search.tryAtOnce()
        #expect(search.next(Config(), now: now - 1) != nil)
    }

    @Test func aPersonDoesNotHurryWhatPasses() throws {
        let search = search()
        try fail(search, .passing, retryAfter: 7_000, 0)
        search.tryAtOnce()
        #expect(search.next(Config(), now: 0) == nil)
    }

    @Test func betterCredentialsAreTriedAtOnceAndOnlyOnce() throws {
        let search = search()
        let next = search.next(Config(), now: 0)
        search.answered(
            try #require(next?.number), .failure(.standing, Self.error, retryAfter: nil),
            isRenewed: true, backoff: Self.backoff, dice: 0, now: 0)
        #expect(search.hasRenewed)
        #expect(search.dueAt == 0)
        try fail(search, .standing, 0)
        #expect(!search.hasRenewed)
        #expect((search.dueAt ?? 0) > 0)
    }

    @Test func aPageThatIsThereIsNotAskedForAgain() throws {
        let search = search()
        let next = search.next(Config(), now: 0)
        let order = try #require(next)
        let reply = #"{"dataclass_details":[{"id":"1","name":"Alert"}],"total":2}"#
        try withBytes(reply) { bytes in
            guard let page = LookupPage(bytes, .dataclass) else { return }
            let id = try order.walk.take(page, Config())
            #expect(id == nil)
        }
        search.answered(order.number, .page, backoff: Self.backoff, dice: 0, now: 0)
        try fail(search, .passing, 0)
        let other = search.next(Config(), now: 50)
        var config = Config()
        for (key, value) in [("endpoint", "http://a"), ("project.id", "p"), ("workspace.id", "w")] {
            try withBytes(key) { key in try withBytes(value) { try config.set(key, $0) } }
        }
        #expect(try other?.walk.url(config).hasSuffix("offset=1") == true)
    }

    @Test func whatWasAskedBeforeItWasForgottenIsOfNoUse() throws {
        let search = search()
        let number = try #require(search.next(Config(), now: 0)?.number)
        search.forget()
        search.answered(number, .found("old"), backoff: Self.backoff, dice: 0, now: 0)
        #expect(search.id == nil)
        try find(search, "new", 0)
        #expect(search.id?.description == "new")
    }
}
