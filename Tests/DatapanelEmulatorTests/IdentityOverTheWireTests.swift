// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Testing

/// IAM's tokens, over real sockets.
struct IdentityOverTheWireTests {
    private static let body = #"{"data_object":[{}]}"#

    @Test func givesATokenForAPassword() throws {
        try withEmulator { emulator, wire in
            let reply = try wire.askForToken()
            #expect(reply.status == 201)
            let token = try #require(reply.header("x-subject-token"))
            #expect(token.utf8.count == 2_000 && token.hasPrefix("MII"))
            let account = emulator.options.account
            for part in [
                #"{"token":{"expires_at":""#, #""methods":["password"],"#,
                #""user":{"id":"\#(account.userId)","name":"emulator-user","domain":{"id":"#,
                #""project":{"id":"\#(emulator.options.project)","name":"ap-southeast-3","#,
                #""catalog":[]}}"#,
            ] {
                #expect(reply.text.contains(part), "\(part)")
            }
            #expect(try wire.exchange(token: token, body: Self.body).status == 200)
            for path in [
                Request.search, "\(Request.workspace)/soc/dataclasses",
                "/v1/\(emulator.options.project)/workspaces", "/v3/projects",
            ] {
                let method = path == Request.search ? "POST" : "GET"
                #expect(try wire.exchange(method, path, token: token).status == 200)
            }
            #expect(try wire.exchange(body: Self.body).status == 200)
        }
    }

    @Test func describesItsCatalogUnlessAskedNotTo() throws {
        try withEmulator { _, wire in
            #expect(try wire.askForToken(query: "").text.contains(#""type":"secmaster""#))
            let byId = #"{"project":{"id":"0123456789abcdef0123456789abcdef"}}"#
            let reply = try wire.askForToken(scope: byId, query: "?nocatalog=true")
            #expect(reply.status == 201 && reply.text.contains(#""catalog":[]"#))
        }
    }

    @Test func tokensHaveTheLengthThatIsAskedFor() throws {
        var options = Emulator.Options()
        for length in [32, 65_535] {
            options.tokenLength = length
            try withEmulator(options) { _, wire in
                let token = try wire.token()
                #expect(token.utf8.count == length)
                #expect(try wire.exchange(token: token, body: Self.body).status == 200)
            }
        }
    }

    @Test func tokensEndAtTheirTime() throws {
        try withEmulator { emulator, wire in
            let token = try wire.token()
            emulator.setClock(offsetSeconds: 86_390)
            #expect(try wire.exchange(token: token, body: Self.body).status == 200)
            emulator.setClock(offsetSeconds: 86_401)
            for (method, target) in [("POST", Request.create), ("GET", "/v3/projects")] {
                let reply = try wire.exchange(method, target, token: token, body: Self.body)
                #expect(reply.status == 401)
                #expect(
                    reply.text.hasPrefix(
                        #"{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication "#
                            + "information: token expires, expires_at: 20"))
            }
            #expect(try wire.exchange(token: wire.token(), body: Self.body).status == 200)
            #expect(emulator.stats.goodTokenRequests == 2)
        }
    }

    @Test func tokensCanLiveForASecond() throws {
        var options = Emulator.Options()
        options.tokenSeconds = 1
        try withEmulator(options) { _, wire in
            let token = try wire.token()
            #expect(try wire.exchange(token: token, body: Self.body).status == 200)
            #expect(
                eventually { (try? wire.exchange(token: token, body: Self.body).status) == 401 })
        }
    }

    @Test func tokensCanBeGoodForSoManyRequests() throws {
        var options = Emulator.Options()
        options.tokenUses = 2
        try withEmulator(options) { emulator, wire in
            for _ in 0..<3 {
                let token = try wire.token()
                let statuses = try (0..<3).map { _ in
                    try wire.exchange(token: token, body: Self.body).status
                }
                #expect(statuses == [200, 200, 401])
            }
            #expect(emulator.stats.goodTokenRequests == 3 && emulator.stats.objects == 6)
        }
    }

    @Test func tokensCanDieEarly() throws {
        try withEmulator { _, wire in
            let token = try wire.token()
            let ended = try wire.exchange("DELETE", "/_emulator/tokens", token: nil)
            #expect(ended.text == #"{"ended":1}"#)
            let reply = try wire.exchange(token: token, body: Self.body)
            #expect(reply.status == 401 && reply.text.contains(#""APIGW.0307""#))
            #expect(try wire.exchange(body: Self.body).status == 200)
        }
    }

    @Test func aTokenIsGoodForItsProjectOnly() throws {
        try withEmulator { _, wire in
            let twin = try wire.askForToken(scope: #"{"project":{"name":"twin"}}"#)
            let token = try #require(twin.header("x-subject-token"))
            let other = try wire.exchange(token: token, body: Self.body)
            #expect(other.status == 403 && other.text.contains("APIGW.0302"))
            for scope in ["{}", #"{"domain":{"name":"emulator-account"}}"#] {
                let token = try #require(
                    try wire.askForToken(scope: scope).header("x-subject-token"))
                let global = try wire.exchange(token: token, body: Self.body)
                #expect(global.status == 401 && global.text.contains("APIGW.0307"))
                #expect(try wire.exchange("GET", "/v3/projects", token: token).status == 200)
            }
        }
    }

    @Test func refusesInTheFormOfIAM() throws {
        try withEmulator { emulator, wire in
            let wrong =
                #"{"error":{"code":401,"message":"The username or password is wrong.","#
                + #""title":"Unauthorized"}}"#
            #expect(try wire.askForToken(password: "wrong").text == wrong)
            #expect(try wire.askForToken(user: "nobody").text == wrong)
            let domain = try wire.askForToken(domain: "elsewhere")
            #expect(domain.status == 401 && domain.text == wrong)
            for scope in [#"{"project":{"name":"x"}}"#, #"{"project":{"id":"x"}}"#] {
                let project = try wire.askForToken(scope: scope)
                #expect(project.status == 404)
                #expect(
                    project.text
                        == #"{"error":{"code":404,"message":"Could not find project: x.","#
                        + #""title":"Not Found"}}"#)
            }
            #expect(try wire.askForToken(scope: #"{"domain":{"id":"x"}}"#).status == 404)
            for body in ["", "{", "[]", "{}", #"{"auth":{"identity":{"methods":["totp"]}}}"#] {
                let reply = try wire.exchange("POST", "/v3/auth/tokens", token: nil, body: body)
                #expect(reply.status == 400 && reply.header("x-subject-token") == nil)
                #expect(reply.text.hasSuffix(#"","title":"Bad Request"}}"#), "\(reply.text)")
            }
            #expect(emulator.stats.goodTokenRequests == 0)
            #expect(emulator.stats.refusedTokenRequests == 11)
            let stats = try wire.exchange("GET", "/_emulator/stats", token: nil)
            #expect(stats.text.hasSuffix(#","token_requests":{"good":0,"refused":11}}"#))
        }
    }

    @Test func itFailsAsItIsTold() throws {
        try withEmulator { emulator, wire in
            let faults =
                #"[{"path":"/v3/auth/tokens","status":503,"times":2},"#
                + #"{"path":"/v3/auth","status":401,"body":"{}","headers":{"X-A":"b"}},"#
                + #"{"path":"/v3/auth","delay_ms":50},{"path":"/v3/auth","drop":"stored"}]"#
            _ = try wire.exchange("POST", "/_emulator/faults", token: nil, body: faults)
            #expect(try wire.exchange(body: Self.body).status == 200)
            let down =
                #"{"error":{"code":503,"message":"The service is currently unable to handle "#
                + #"the request.","title":"Service Unavailable"}}"#
            #expect(try (0..<2).map { _ in try wire.askForToken().text } == [down, down])
            let scripted = try wire.askForToken()
            #expect(scripted.status == 401 && scripted.text == "{}")
            #expect(scripted.header("X-A") == "b")
            let start = ContinuousClock.now
            #expect(try wire.askForToken().status == 201)
            #expect(ContinuousClock.now - start >= .milliseconds(50))
            #expect(throws: Wire.Failure.self) { try wire.askForToken() }
            #expect(emulator.stats.goodTokenRequests == 1)
            #expect(emulator.stats.refusedTokenRequests == 3)
        }
    }
}
