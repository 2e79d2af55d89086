// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Datapanel

struct PasswordRequestTests {
    private func config(_ settings: [String: String] = [:]) throws -> Config {
        var config = Config()
        let all = [
            "endpoint": "http://127.0.0.1:1", "project.id": "p", "workspace.id": "w",
            "auth": "password", "auth.user": "u", "auth.password": "secret", "auth.domain": "d",
            "iam.endpoint": "http://127.0.0.1:2",
        ]
        for (key, value) in all.merging(settings, uniquingKeysWith: { $1 }) {
            try withBytes(key) { key in try withBytes(value) { try config.set(key, $0) } }
        }
        return config
    }

    @Test(arguments: ["secret", #"qu"ote\ back"#, "ünï – 漢字 🔑", "</script>", "%s{}[]:,"])
    func theBodyIsWhatIAMReads(_ text: String) throws {
        let config = try config([
            "auth.user": "user " + text, "auth.password": text, "auth.domain": text + " domain",
            "project.id": "an id",
        ])
        let body = try PasswordRequest.body(config)
        let read = try JSONSerialization.jsonObject(with: Data(body.view)) as? NSDictionary
        let expected: NSDictionary = [
            "auth": [
                "identity": [
                    "methods": ["password"],
                    "password": [
                        "user": [
                            "name": "user " + text, "password": text,
                            "domain": ["name": text + " domain"],
                        ]
                    ],
                ],
                "scope": ["project": ["id": "an id"]],
            ]
        ]
        #expect(read == expected)
    }

    @Test(arguments: [
        ("2025-11-09T01:42:57.527363Z", "2025-11-08T01:42:57.527363Z", Int64(86_400_000)),
        ("2025-11-09T01:42:58Z", "2025-11-09T01:42:57Z", 1_000),
        ("2024-03-01T00:00:00.000Z", "2024-02-28T23:59:59.000Z", 86_401_000),
        ("9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", 253_402_300_799_000),
    ])
    func aLifeIsBetweenTheTwoTimes(_ end: String, _ start: String, _ life: Int64) {
        let answer = #"{"token":{"expires_at":"\#(end)","issued_at":"\#(start)"}}"#
        #expect(withBytes(answer) { PasswordRequest.life($0) } == life)
    }

    @Test(arguments: [
        "", "null", "[]", "{}", #"{"token":7}"#, "{", #"{"token":{"expires_at":"tomorrow"}}"#,
        #"{"token":{"expires_at":"2025-11-09T01:42:57Z"}}"#,
        #"{"token":{"expires_at":"2025-11-09T01:42:57Z","issued_at":null}}"#,
        #"{"token":{"expires_at":"2025-11-09T01:42:57Z+0800","issued_at":"2025-11-09T00:00:00Z"}}"#,
        #"{"token":{"expires_at":"2025-11-09 01:42:57Z","issued_at":"2025-11-09T00:00:00Z"}}"#,
        #"{"token":{"expires_at":"2025-11-09T01:42:57","issued_at":"2025-11-09T00:00:00Z"}}"#,
        #"{"token":{"expires_at":"2025-11-09T01:42:57.","issued_at":"2025-11-09T00:00:00Z"}}"#,
        #"{"token":{"expires_at":"2025-11-09T00:00:00Z","issued_at":"2025-11-09T00:00:00Z"}}"#,
        #"{"token":{"expires_at":"2025-13-09T00:00:00Z","issued_at":"2025-11-09T00:00:00Z"}}"#,
    ])
    func anOddSpellingIsTheUsualLife(_ answer: String) {
        #expect(withBytes(answer) { PasswordRequest.life($0) } == PasswordRequest.usualLife)
    }

    @Test(arguments: [
        ("ap-southeast-3", "https://iam.ap-southeast-3.myhuaweicloud.com"),
        ("eu-west-101", "https://iam.myhuaweicloud.com"),
    ])
    func theRegionTellsWhereIAMIs(_ region: String, _ endpoint: String) throws {
        let config = try config(["iam.endpoint": "", "region": region])
        #expect(throws: Never.self) { try config.check() }
        #expect(config.iamEndpoint == endpoint)
        #expect(PasswordRequest.url(config) == endpoint + "/v3/auth/tokens?nocatalog=1")
    }

    @Test(arguments: ["auth.user", "auth.password", "auth.domain", "iam.endpoint"])
    func whatIsNeededIsNamed(_ key: String) throws {
        let config = try config([key: ""])
        let error = failure { try config.check() }
        #expect(error?.code == .config)
        #expect(error?[.key] == key)
        #expect(error?.message.contains(key) == true)
    }

    @Test(arguments: ["a b", "x/y", "a:80", "a?b=", "u@h"])
    func aRegionThatIsNoPartOfAHostNameIsRefused(_ region: String) throws {
        let config = try config(["iam.endpoint": "", "region": region])
        #expect(failure { try config.check() }?[.key] == "region")
    }

    // MARK: what IAM answers

    private func answer(_ exchange: Exchange) throws -> TokenState.Answer {
        let config = try config()
        let order = TokenState.Order(number: 1, credentials: config, isUrgent: true, isFirst: true)
        let answer = try TokenCall(order, Transfer(config)).answer(exchange, config)
        return try #require(answer)
    }

    private func reply(_ status: Int32, _ lines: [String], _ body: String = "") throws -> Exchange {
        let exchange = Exchange()
        exchange.status = status
        for line in lines { withBytes(line + "\r\n") { exchange.head.take($0) } }
        try exchange.reply.append(text: "\(body)")
        return exchange
    }

    @Test(arguments: [1, 32, 2_000, 65_535, 1 << 20])
    func aTokenOfAnyLengthIsTakenWhole(_ length: Int) throws {
        let token = String(repeating: "t", count: length)
        guard
            case .proof(.token(let text), let life) = try answer(
                reply(201, ["HTTP/1.1 201 Created", "x-subject-token: " + token]))
        else {
            Issue.record("no token")
            return
        }
        #expect(text == token)
        #expect(life == PasswordRequest.usualLife)
    }

    @Test(arguments: [
        (Int32(400), TokenState.Failure.refused, Code.auth), (401, .refused, .auth),
        (403, .refused, .auth), (404, .refused, .auth), (408, .passing, .server),
        (429, .passing, .throttled), (500, .passing, .server), (503, .passing, .server),
        (407, .standing, .proxy), (302, .standing, .endpoint), (200, .standing, .endpoint),
        (201, .standing, .endpoint),
    ])
    func everyOtherAnswerIsAFailure(
        _ status: Int32, _ expected: TokenState.Failure, _ code: Code
    ) throws {
        let body = #"{"error":{"code":\#(status),"message":"wrong secret, I say"}}"#
        guard
            case .failure(let failure, let error, _) = try answer(
                reply(status, ["X-Subject-Token: a b"], body))
        else {
            Issue.record("a token")
            return
        }
        #expect(failure == expected)
        #expect(error.code == code)
        #expect(error.message.contains("http://127.0.0.1:2/v3/auth/tokens"))
        #expect(error.message.contains("\(status)"))
        // Something that sends the password back does not get it into our messages.
        #expect(!error.message.contains("secret"))
        #expect(error[.serverMessage] == "[redacted]")
    }

    @Test(arguments: [
        (Facts.Ending.unresolved, TokenState.Failure.passing, Code.resolve),
        (.unconnected, .passing, .connect), (.badHandshake, .passing, .tls),
        (.broken, .passing, .send), (.badCertificate, .standing, .tlsVerify),
        (.badProxy, .standing, .proxy),
    ])
    func noConnectionIsNoWrongPassword(
        _ ending: Facts.Ending, _ expected: TokenState.Failure, _ code: Code
    ) throws {
        let exchange = Exchange()
        exchange.ending = ending
        exchange.bodyCount = 1
        guard case .failure(let failure, let error, _) = try answer(exchange) else {
            Issue.record("a token")
            return
        }
        #expect(failure == expected)
        #expect(error.code == code)
        #expect(error[.stored] == "no")
    }
}
