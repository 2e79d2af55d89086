// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

/// What a metadata service may answer, and what is asked next.
struct MetadataDialogueTests {
    private static let now: Int64 = 1_767_225_600  // 2026-01-01T00:00:00Z
    private static let good = keys("2026-01-01T01:00:00.000000Z")

    private static func keys(_ end: String) -> String {
        #"{"credential":{"access":"A","secret":"S","securitytoken":"T","expires_at":"\#(end)"}}"#
    }

    private func reply(_ status: Int32, _ body: String, date: String? = nil) throws -> Exchange {
        let exchange = Exchange()
        exchange.status = status
        if let date { withBytes("Date: \(date)\r\n") { exchange.head.take($0) } }
        try exchange.reply.append(text: "\(body)")
        return exchange
    }

    /// What a step comes to, in a word.
    private func take(
        _ dialogue: inout MetadataDialogue, _ status: Int32, _ body: String, date: String? = nil
    ) throws -> String {
        let exchange = try reply(status, body, date: date)
        switch dialogue.take(exchange, now: Self.now) {
        case .keys(let key, let life):
            let token = key.securityToken?.description ?? "none"
            return "\(key.access) \(key.secret) \(token) \(life)"
        case .noAgency: return "no agency"
        case .failure: return "failure"
        case .ask:
            switch dialogue.request {
            case .token: return "token"
            case .keys(let token): return "keys with \(token?.description ?? "none")"
            }
        }
    }

    @Test func aTokenComesFirstAndThenTheKeys() throws {
        var dialogue = MetadataDialogue()
        guard case .token = dialogue.request else {
            Issue.record("not a token")
            return
        }
        #expect(try take(&dialogue, 200, "token-1\n") == "keys with token-1")
        #expect(try take(&dialogue, 200, Self.good) == "A S T 3599000")
    }

    @Test(arguments: [Int32(400), 404, 405, 503])
    func withoutTokensTheKeysAreAskedForWithoutOne(_ status: Int32) throws {
        var dialogue = MetadataDialogue()
        #expect(try take(&dialogue, status, "no such thing") == "keys with none")
        #expect(try take(&dialogue, 200, Self.good) == "A S T 3599000")
    }

    @Test(arguments: [
        (0, ""), (200, ""), (200, " "), (200, "two words"), (200, "line\nbreak"),
        (200, String(repeating: "t", count: 8_193)), (200, "t\u{7F}"), (302, ""), (401, ""),
        (403, ""), (429, ""), (500, ""), (502, ""),
    ])
    func anotherAnswerToTheFirstQuestionIsAFailure(_ status: Int, _ body: String) throws {
        var dialogue = MetadataDialogue()
        #expect(try take(&dialogue, Int32(status), body) == "failure")
    }

    @Test func aServerWithoutAnAgencyIsTold() throws {
        var dialogue = MetadataDialogue()
        _ = try take(&dialogue, 200, "t")
        #expect(
            try take(&dialogue, 401, "{\"x\":\"Please configure Cloud Service Agency first\"}")
                == "no agency")
    }

    @Test func aTokenThatIsRefusedIsAskedForOnceMore() throws {
        var dialogue = MetadataDialogue()
        #expect(try take(&dialogue, 200, "t1") == "keys with t1")
        #expect(try take(&dialogue, 401, "Unauthorized") == "token")
        #expect(try take(&dialogue, 200, "t2") == "keys with t2")
        #expect(try take(&dialogue, 401, "Unauthorized") == "failure")
    }

    @Test func itEndsWhateverIsAnswered() throws {
        let answers: [(Int32, String)] = [
            (200, "t"), (200, Self.good), (401, "Unauthorized"), (404, ""), (503, ""), (0, ""),
        ]
        var longest = 0
        func follow(_ dialogue: MetadataDialogue, _ steps: Int) throws {
            longest = max(longest, steps)
            guard steps < 10 else { return }
            for (status, body) in answers {
                var next = dialogue
                let word = try take(&next, status, body)
                if word == "token" || word.hasPrefix("keys with") { try follow(next, steps + 1) }
            }
        }
        try follow(MetadataDialogue(), 1)
        #expect(longest == 4)
    }

    @Test(
        arguments: [
            ("2026-01-01T00:00:10Z", nil, 9_000), ("2026-01-01T00:00:10.999999Z", nil, 9_000),
            // The service's clock is a day ahead of ours.
            ("2026-01-02T00:00:10Z", "Fri, 02 Jan 2026 00:00:00 GMT", 9_000),
            ("soon", nil, MetadataDialogue.usualLife),
            ("9999-12-31T23:59:59Z", nil, Int64(Int32.max) * 1_000),
        ] as [(String, String?, Int64)])
    func aLifeIsByTheServicesClock(_ end: String, _ date: String?, _ life: Int64) throws {
        var dialogue = MetadataDialogue()
        _ = try take(&dialogue, 200, "t")
        #expect(try take(&dialogue, 200, Self.keys(end), date: date) == "A S T \(life)")
    }

    @Test(arguments: ["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "1970-01-01T00:00:00Z"])
    func keysThatHaveEndedAreAFailure(_ end: String) throws {
        var dialogue = MetadataDialogue()
        _ = try take(&dialogue, 200, "t")
        #expect(try take(&dialogue, 200, Self.keys(end)) == "failure")
    }

    @Test(arguments: [
        "", "null", "[]", "{}", #"{"credential":7}"#,
        #"{"credential":{"access":"A","secret":"S"}}"#,
        #"{"credential":{"access":"","secret":"S","securitytoken":"T"}}"#,
        #"{"credential":{"access":"A","secret":"S","securitytoken":"T\r\nX: y"}}"#,
        #"{"credential":{"access":"A","secret":["S"],"securitytoken":"T"}}"#,
        #"{"credential":{"access":"A\u0000","secret":"S","securitytoken":"T"}}"#,
        String(repeating: "[", count: 100_000),
    ])
    func anAnswerWithoutKeysIsAFailure(_ body: String) throws {
        var dialogue = MetadataDialogue()
        _ = try take(&dialogue, 200, "t")
        #expect(try take(&dialogue, 200, body) == "failure")
    }

    @Test func keysWithoutAnEndLiveForAWhile() throws {
        var dialogue = MetadataDialogue()
        _ = try take(&dialogue, 200, "t")
        let body = #"{"credential":{"access":"A","secret":"S","securitytoken":"T"}}"#
        #expect(try take(&dialogue, 200, body) == "A S T \(MetadataDialogue.usualLife)")
    }
}
