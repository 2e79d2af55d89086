// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct LookupPageTests {
    private func count(_ reply: String, _ kind: LookupKind = .workspace) -> Int? {
        withBytes(reply) { bytes in
            guard let page = LookupPage(bytes, kind) else { return nil }
            return page.count
        }
    }

    @Test func theListIsFoundByTheNameOfItsKind() {
        #expect(count(#"{"workspaces":[{},{}],"count":2}"#) == 2)
        #expect(count(#"{"dataclass_details":[{}],"total":1.0}"#, .dataclass) == 1)
        #expect(count(#"{"links":{},"projects":[]}"#, .project) == 0)
    }

    @Test(arguments: [
        "", "[]", "{}", "1", #"{"workspaces":{}}"#, #"{"workspaces":null}"#, #"{"projects":[]}"#,
        #"{"workspaces":["#, "<html>", #"{"workspaces":[]}x"#,
        #"{"workspaces":[], "x":"# + String(repeating: "[", count: 40)
            + String(repeating: "]", count: 40) + "}",
    ])
    func whatIsNoListIsNoPage(_ reply: String) {
        #expect(count(reply) == nil)
    }

    @Test func textsAreNilWhereThereAreNone() {
        let reply = #"{"workspaces":[{"id":"a","name":1},null,3,{"name":"\u0000"}]}"#
        withBytes(reply) { bytes in
            guard let page = LookupPage(bytes, .workspace) else {
                Issue.record("no page")
                return
            }
            #expect(page.text(0, "id").map { String(decoding: $0, as: UTF8.self) } == "a")
            #expect(page.text(0, "name") == nil)
            #expect(page.text(1, "id") == nil)
            #expect(page.text(2, "id") == nil)
            #expect(page.text(3, "name")?.count == 1)
            #expect(page.text(4, "id") == nil)
        }
    }

    @Test(arguments: [
        ("2", 0, true), ("2", 1, false), ("1.0", 0, false), ("2.0", 0, true), ("0", 0, false),
        ("-5", 0, false), ("1e300", 0, true), ("\"9\"", 0, false), ("null", 0, false),
    ])
    func theTotalTellsWhetherThereIsMore(_ total: String, _ offset: Int, _ isFollowed: Bool) {
        withBytes(#"{"workspaces":[{}],"count":\#(total)}"#) { bytes in
            guard let page = LookupPage(bytes, .workspace) else {
                Issue.record("no page")
                return
            }
            #expect(page.isFollowed(offset: offset) == isFollowed)
        }
    }

    @Test(arguments: [(0, false), (99, false), (100, true)])
    func withoutATotalAFullPageIsFollowed(_ count: Int, _ isFollowed: Bool) {
        let list = Array(repeating: "{}", count: count).joined(separator: ",")
        withBytes(#"{"dataclass_details":[\#(list)]}"#) { bytes in
            #expect(LookupPage(bytes, .dataclass)?.isFollowed(offset: 0) == isFollowed)
        }
        withBytes(#"{"projects":[\#(list)],"count":1000}"#) { bytes in
            #expect(LookupPage(bytes, .project)?.isFollowed(offset: 0) == false)
        }
    }
}

struct LookupMatchesTests {
    private func matches(
        _ name: String, _ elements: [(id: String, name: String)]
    ) throws -> LookupMatches {
        var matches = LookupMatches("\(name)")
        let list = elements.map { #"{"id":"\#($0.id)","name":"\#($0.name)"}"# }
        try withBytes(#"{"workspaces":[\#(list.joined(separator: ","))]}"#) { bytes in
            guard let page = LookupPage(bytes, .workspace) else {
                Issue.record("no page")
                return
            }
            try matches.take(page, .name)
        }
        return matches
    }

    private func id(_ matches: LookupMatches, _ name: Text) throws -> String? {
        try matches.onlyId(.workspace, .name, name)?.description
    }

    @Test func onlyTheWholeNameCounts() throws {
        let found = try matches("demo", [("1", "demo-1"), ("2", "Demo"), ("3", "demo"), ("4", "")])
        #expect(try id(found, "demo") == "3")
        let other = try matches("dem", [("1", "demo-1"), ("3", "demo")])
        #expect(try id(other, "dem") == nil)
    }

    /// Pages shift when something is removed or added between two of them.
    @Test func oneIdTwiceIsOneMatch() throws {
        let found = try matches("a", [("1", "a"), ("1", "a")])
        #expect(try id(found, "a") == "1")
    }

    @Test func moreThanOneAreTold() throws {
        let found = try matches("a", [("1", "a"), ("2", "a"), ("3", "b")])
        let error = failure { _ = try id(found, "a") }
        #expect(error?.code == .name)
        #expect(error?.message.contains("more than one workspace: 1, 2;") == true)
        #expect(error?[.stored] == "no")
        let many = try matches("a", (0..<1_000).map { ("\($0)", "a") })
        #expect(many.exact.count == 8)
    }

    @Test(arguments: ["", "a/b", "..", #"a\u0000b"#, "name:a"])
    func anIdThatNoPathCanHoldIsNone(_ id: String) {
        #expect(failure { _ = try matches("a", [(id, "a")]) }?.code == .reply)
    }

    @Test func theNearestAreKeptTheNearestFirst() throws {
        let names = [
            "Indicator", "Alerts", "alert", "Incident", "Alert", "Alerts", "Vulnerability",
        ]
        let found = try matches("Allert", names.map { ($0, $0) })
        #expect(found.near.map { "\($0.name)" } == ["alert", "Alert", "Alerts"])
        let error = found.nothing(.dataclass, "Allert", Config())
        #expect(error.code == .name)
        #expect(error.message.contains(#""alert", "Alert", "Alerts""#))
    }

    @Test func namesOfAnyLengthAreShownShort() throws {
        let long = String(repeating: "x", count: 100_000)
        let found = try matches(long, [("1", long + "y")])
        let error = found.nothing(.workspace, "\(long)", Config())
        #expect(error.message.count < 400)
    }
}

struct LookupURLTests {
    private func config() throws -> Config {
        var config = Config()
        for (key, value) in [
            ("endpoint", "http://a"), ("iam.endpoint", "http://i"), ("project.id", "p"),
            ("workspace.id", "w"),
        ] {
            try withBytes(key) { key in try withBytes(value) { try config.set(key, $0) } }
        }
        return config
    }

    @Test func eachKindHasItsRoute() throws {
        let config = try config()
        func url(_ kind: LookupKind, _ field: LookupField?, _ offset: Int) throws -> String {
            try withBytes("ä b&c") { name in
                "\(try LookupURL.make(config, kind, field, name, offset: offset))"
            }
        }
        #expect(try url(.project, .name, 0) == "http://i/v3/projects?name=%C3%A4%20b%26c")
        #expect(try url(.project, nil, 0) == "http://i/v3/projects")
        #expect(
            try url(.workspace, .name, 100)
                == "http://a/v1/p/workspaces?name=%C3%A4%20b%26c&limit=100&offset=100")
        #expect(
            try url(.dataclass, .businessCode, 0)
                == "http://a/v1/p/workspaces/w/soc/dataclasses"
                + "?business_code=%C3%A4%20b%26c&limit=100&offset=0")
        #expect(
            try url(.dataclass, nil, 0)
                == "http://a/v1/p/workspaces/w/soc/dataclasses?limit=100&offset=0")
    }

    @Test func whatIsNotSetIsNamed() {
        withBytes("x") { name in
            let error = failure {
                _ = try LookupURL.make(Config(), .project, .name, name, offset: 0)
            }
            #expect(error?[.key] == "iam.endpoint")
        }
    }
}

struct LookupVerdictTests {
    private func next(
        _ ending: Facts.Ending, _ status: Int32, isJSON: Bool = true, hasRetryAfter: Bool = false
    ) -> Verdict.Next {
        let exchange = Exchange()
        exchange.ending = ending
        exchange.status = status
        if isJSON { withBytes("Content-Type: application/json") { exchange.head.take($0) } }
        let verdict = LookupVerdict.of(exchange, hasRetryAfter: hasRetryAfter)
        #expect(verdict.stored == .no)
        return verdict.next
    }

    @Test func whatMayPassIsTriedAgain() {
        for ending in [Facts.Ending.unresolved, .unconnected, .badHandshake, .broken, .outOfTime] {
            #expect(next(ending, 0) == .retry)
        }
        for status: Int32 in [408, 429, 500, 502, 503, 504, 599] {
            #expect(next(.complete, status) == .retry)
        }
        #expect(next(.complete, 429, hasRetryAfter: true) == .hold)
        #expect(next(.complete, 503, hasRetryAfter: true) == .hold)
        #expect(next(.broken, 200) == .retry)
    }

    @Test func whatDoesNotPassIsTold() {
        for ending in [Facts.Ending.badCertificate, .badProxy] {
            #expect(next(ending, 0) == .block)
        }
        for status: Int32 in [302, 403, 404, 501] { #expect(next(.complete, status) == .block) }
        for status: Int32 in [200, 400, 409, 422] { #expect(next(.complete, status) == .fail) }
        #expect(next(.complete, 401) == .renew)
        #expect(next(.outOfMemory, 0) == .fail)
        #expect(next(.complete, 200, isJSON: false) == .fail)
        #expect(next(.replyTooLarge, 200) == .fail)
    }
}

struct GoneTests {
    @Test(arguments: [
        (404, nil, true), (400, "SecMaster.20030022", true), (400, "SecMaster.20040402", true),
        (403, "SecMaster.20010001", true), (400, "SecMaster.20041001", true),
        (400, "SecMaster.20030001", false), (403, "APIGW.0302", false), (0, nil, false),
    ])
    func aPlaceThatIsGoneIsRecognised(_ status: Int32, _ code: String?, _ isGone: Bool) {
        let code: Text? = code.map { "\($0)" }
        #expect(Gone.tells(status, code) == isGone)
        let error = DatapanelError(.endpoint, "x")
            .with(.httpStatus, "\(status)").with(.serverCode, code)
        #expect(error.tellsOfNoPlace == isGone)
    }
}
