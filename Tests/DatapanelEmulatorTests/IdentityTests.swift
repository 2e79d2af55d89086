// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import DatapanelEmulator

struct TokenBodyTests {
    private func body(
        user: String = #""name":"u","password":"p","domain":{"name":"d"}"#,
        methods: String = #"["password"]"#, scope: String = ""
    ) -> String {
        #"{"auth":{"identity":{"methods":\#(methods),"password":{"user":{\#(user)}}}\#(scope)}}"#
    }

    private func read(_ text: String) throws -> TokenBody {
        try TokenBody(Array(text.utf8))
    }

    @Test func readsWhoAsks() throws {
        let asked = try read(body())
        #expect(asked.user == Reference(name: "u") && asked.password == "p")
        #expect(asked.domain == Reference(name: "d") && asked.scope == .none)
        let byId = try read(body(user: #""id":"i","password":"p""#))
        #expect(byId.user == Reference(id: "i") && byId.domain.isEmpty)
    }

    @Test(
        arguments: [
            (#","scope":{"project":{"name":"n"}}"#, .project(Reference(name: "n"))),
            (
                #","scope":{"project":{"id":"i","domain":{"name":"d"}}}"#,
                .project(Reference(id: "i"))
            ),
            (#","scope":{"domain":{"id":"d"}}"#, .domain(Reference(id: "d"))),
            (
                #","scope":{"domain":{"id":"d"},"project":{"name":"n"}}"#,
                .project(Reference(name: "n"))
            ),
            (
                #","scope":{"project":{"name":"n"},"domain":{"id":"d"}}"#,
                .project(Reference(name: "n"))
            ),
            (#","scope":{}"#, .none),
        ] as [(String, TokenBody.Scope)])
    func readsForWhat(scope: String, expected: TokenBody.Scope) throws {
        #expect(try read(body(scope: scope)).scope == expected)
    }

    @Test func refusesTheRestAndTellsWhy() {
        let wrong: [(String, String)] = [
            ("", "expected an object"), ("{}", "methods must be"), (#"{"auth":[]}"#, "an object"),
            (body(methods: #"["token"]"#), "methods must be"),
            (body() + "x", "the end of the text"),
            (body(methods: #"["password","totp"]"#), "methods must be"),
            (body(user: #""password":"p","domain":{"id":"d"}"#), "neither name nor id"),
            (body(user: #""name":"u","domain":{"id":"d"}"#), "no password"),
            (body(user: #""name":"u","password":"p""#), "no domain"),
            (body(user: #""name":"u","password":7,"domain":{"id":"d"}"#), "expected a string"),
            (body(scope: #","scope":{"project":{}}"#), "neither name nor id"),
            (body(scope: #","scope":{"project":null}"#), "expected an object"),
        ]
        for (text, reason) in wrong {
            let error = #expect(throws: JSONError.self) { try read(text) }
            #expect(
                error?.description.contains(reason) == true, "\(text): \(String(describing: error))"
            )
        }
    }
}

struct AccountTests {
    private func admits(_ user: String) throws -> Bool {
        let text = #"{"auth":{"identity":{"methods":["password"],"password":{"user":{\#(user)}}}}}"#
        return Account().admits(try TokenBody(Array(text.utf8)))
    }

    @Test func admitsItsUserOnly() throws {
        let account = Account()
        let password = #""password":"\#(account.password)""#
        let domain = #""domain":{"name":"\#(account.domain)"}"#
        #expect(try admits(#""name":"\#(account.user)",\#(password),\#(domain)"#))
        #expect(
            try admits(
                #""name":"\#(account.user)",\#(password),"domain":{"id":"\#(account.domainId)"}"#))
        #expect(try admits(#""id":"\#(account.userId)",\#(password)"#))
        #expect(try !admits(#""name":"other",\#(password),\#(domain)"#))
        #expect(try !admits(#""id":"other",\#(password)"#))
        #expect(try !admits(#""name":"\#(account.user)","password":"other",\#(domain)"#))
        #expect(
            try !admits(#""name":"\#(account.user)",\#(password),"domain":{"name":"other"}"#))
    }
}

struct IssuedTokensTests {
    private let now = WallClock(milliseconds: 1_700_000_000_000)

    private func grant(uses: Int? = nil) -> IssuedTokens.Grant {
        IssuedTokens.Grant(
            issued: now, expires: now.adding(seconds: 60), scope: .project("p"), usesLeft: uses)
    }

    /// What becomes of a token that is used at these times.
    private func checks(
        _ tokens: inout IssuedTokens, _ token: String, after seconds: Int...
    ) -> [IssuedTokens.Check] {
        seconds.map { tokens.use(token, now: now.adding(seconds: $0)) }
    }

    @Test func aTokenIsGoodUntilItsTime() {
        var tokens = IssuedTokens()
        let token = tokens.issue(grant(), length: 3_000)
        #expect(token.utf8.count == 3_000)
        let good = IssuedTokens.Check.good(.project("p"))
        let expired = IssuedTokens.Check.expired(now.adding(seconds: 60))
        let found = checks(&tokens, token, after: 0, 59, 60, 61)
        #expect(found == [good, good, expired, expired])
        let other = checks(&tokens, String(token.dropLast()), after: 0)
        #expect(other == [.unknown])
    }

    @Test func aTokenCanBeGoodForSoManyRequests() {
        var tokens = IssuedTokens()
        let token = tokens.issue(grant(uses: 2), length: 32)
        let found = checks(&tokens, token, after: 0, 0, 0)
        let good = IssuedTokens.Check.good(.project("p"))
        #expect(found == [good, good, .expired(now.adding(seconds: 60))])
    }

    @Test func aNewTokenLeavesTheOldOnesAlone() {
        var tokens = IssuedTokens()
        let old = tokens.issue(grant(), length: 32)
        let new = tokens.issue(grant(), length: 32)
        let before = checks(&tokens, old, after: 0)
        #expect(old != new && before == [.good(.project("p"))])
        let ended = [tokens.revokeAll(now: now), tokens.revokeAll(now: now)]
        #expect(ended == [2, 0])
        let after = checks(&tokens, new, after: 0)
        #expect(after == [.revoked])
    }

    @Test func whatEndedLongAgoIsForgotten() {
        var tokens = IssuedTokens()
        let token = tokens.issue(grant(), length: 32)
        var later = grant()
        later.issued = now.adding(seconds: 60 + 3_601)
        _ = tokens.issue(later, length: 32)
        let found = checks(&tokens, token, after: 0)
        #expect(found == [.unknown])
    }
}

struct ThrottleTests {
    @Test func admitsSoManyASecond() {
        var throttle = Throttle(perSecond: 2)
        let start = ContinuousClock.now
        func admitted(_ milliseconds: Int) -> Bool {
            throttle.admits(at: start + .milliseconds(milliseconds))
        }
        #expect([0, 1, 2, 400].map(admitted) == [true, true, false, false])
        #expect([600, 601, 1_100, 1_101].map(admitted) == [true, false, true, false])
        #expect([60_000, 60_001, 60_002].map(admitted) == [true, true, false])
    }

    @Test func admitsEverythingByItself() {
        var throttle = Throttle(perSecond: nil)
        let now = ContinuousClock.now
        #expect((0..<1_000).allSatisfy { _ in throttle.admits(at: now) })
    }
}

struct DirectoryTests {
    @Test func hasMoreThanAPageOfEachAndTwins() throws {
        let directory = Directory(Emulator.Options())
        #expect(directory.projects.filter { $0.name == "twin" }.count == 2)
        #expect(directory.workspaces.filter { $0.name == "twin" }.count == 2)
        #expect(directory.workspaces.filter { $0.name.contains("crowd") }.count > 100)
        let crowd = try #require(directory.workspaces.first { $0.name == "crowd" })
        #expect(crowd.dataclasses.filter { $0.name.contains("Crowd") }.count > 100)
        #expect(crowd.dataclasses.filter { $0.name == "Twin" }.count == 2)
        let ids = directory.workspaces.map(\.id) + crowd.dataclasses.map(\.id)
        #expect(Set(ids).count == ids.count && ids.allSatisfy { Identifier($0) != nil })
    }

    @Test func changesItsDataClasses() throws {
        let options = Emulator.Options()
        var directory = Directory(options)
        func name(_ id: String) throws(Refusal) -> String {
            try directory.dataclass(id: id, workspace: options.workspace).name
        }
        func put(_ name: String, workspace: String = options.workspace) -> Bool {
            directory.put(DataClass(id: DataClass.alert.id, name: name), workspace: workspace)
        }
        func remove() -> Bool {
            directory.removeDataclass(id: DataClass.alert.id, status: 404)
        }
        let alert = DataClass.alert.id
        #expect(try name(alert) == "Alert")
        #expect(put("Alarm"))
        #expect(try name(alert) == "Alarm")
        #expect(remove())
        #expect(throws: Refusal.dataclass(alert, status: 404)) { try name(alert) }
        #expect(!remove())
        #expect(throws: Refusal.dataclass("x", status: 400)) { try name("x") }
        #expect(put("Alert"))
        #expect(try name(alert) == "Alert")
        #expect(!put("Alert", workspace: "nowhere"))
    }
}
