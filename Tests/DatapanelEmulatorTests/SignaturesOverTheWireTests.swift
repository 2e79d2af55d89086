// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import DatapanelEmulator

/// Signed requests, over real sockets.
struct SignaturesOverTheWireTests {
    private static let body = #"{"data_object":[{"title":"ж"}]}"#

    @Test(arguments: [AccessKey.permanent, .temporary]) func letsInWhatIsSigned(
        key: AccessKey
    ) throws {
        try withEmulator { emulator, wire in
            let created = try wire.signed(body: Self.body, key: key)
            #expect(created.status == 200)
            #expect(try wire.signed("POST", Request.search, key: key).status == 200)
            let list = "\(Request.workspace)/soc/dataclasses?name=Alert&limit=1"
            #expect(try wire.signed("GET", list, key: key).text.hasSuffix(#""total":1}"#))
            #expect(emulator.stats.objects == 1)
        }
    }

    /// The signature counts, even when a right token is there too.
    @Test func refusesWhatIsSignedWronglyAndLogsWhy() throws {
        let log = Locked<[String]>([])
        var options = Emulator.Options()
        options.log = { line in log.withLock { $0.append(line) } }
        try withEmulator(options) { emulator, wire in
            let wrong = AccessKey(access: "AKEXAMPLE", secret: "other")
            let date = WallClock.now
            let headers = try Signing.headers(body: Self.body, key: wrong, date: date)
            let reply = try wire.exchange(headers: headers, body: Self.body)
            #expect(reply.status == 401)
            let request = try #require(reply.header("x-request-id"))
            #expect(
                reply.text
                    == #"{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication "#
                    + "information: verify aksk signature fail, canonicalRequest:POST|"
                    + "\(Request.create)/||host:localhost|x-sdk-date:\(date.signature)||"
                    + "host;x-sdk-date|\(Digest.hash(Array(Self.body.utf8)))\","
                    + #""request_id":"\#(request)"}"#)
            #expect(
                log.withLock { $0 } == [
                    "refused signature: the signature is not that of this request with this "
                        + "secret key (POST \(Request.create), request \(request))"
                ])
            #expect(emulator.stats.objects == 0)
        }
    }

    @Test func tellsWhatElseIsWrong() throws {
        let expected: [(AccessKey, String)] = [
            (
                AccessKey(access: "AKNONE", secret: "s"),
                "Get secretKey failed,ak:AKNONE,err:ak not exist"
            ),
            (AccessKey(access: "AKTEMPORARY", secret: "SKTEMPORARY"), "x-security-token not found"),
            (
                AccessKey(access: "AKTEMPORARY", secret: "SKTEMPORARY", securityToken: "x"),
                "decrypt token fail"
            ),
        ]
        try withEmulator { _, wire in
            for (key, text) in expected {
                let reply = try wire.signed(body: Self.body, key: key)
                #expect(reply.status == 401 && reply.text.contains(text), "\(reply.text)")
            }
            let other = try wire.exchange(
                token: nil, headers: ["Authorization: SDK-HMAC-SM3 Access=a"])
            #expect(other.text.contains("unknown algorithm SDK-HMAC-SM3"))
            let basic = try wire.exchange(token: nil, headers: ["Authorization: Basic eA=="])
            #expect(basic.text.contains("x-auth-token not found"))
            let stolen = try wire.exchange(
                token: nil, headers: try Signing.headers(body: Self.body), body: "{}")
            #expect(stolen.text.contains("verify aksk signature fail"))
        }
    }

    /// A client that goes on with a wrong key makes it worse.
    @Test(arguments: [true, false]) func sixWrongSignaturesCanShutOut(lockOut: Bool) throws {
        var options = Emulator.Options()
        options.lockOut = lockOut
        try withEmulator(options) { emulator, wire in
            let wrong = AccessKey(access: "AKEXAMPLE", secret: "other")
            func statuses(_ keys: AccessKey...) throws -> [Int] {
                try keys.map { try wire.signed(body: "{}", key: $0).status }
            }
            let five = Array(repeating: wrong, count: 5)
            for key in five { _ = try statuses(key) }
            #expect(try statuses(.permanent) == [200])
            for key in five + [wrong] { _ = try statuses(key) }
            let reply = try wire.signed(body: "{}")
            #expect(reply.status == (lockOut ? 401 : 200))
            let text = "AK access failed to reach the limit, forbidden"
            #expect(reply.text.contains(text) == lockOut)
            #expect(try statuses(.temporary) == [200])
            emulator.setClock(offsetSeconds: 301)
            let later = WallClock.now.adding(seconds: 301)
            #expect(try wire.signed(body: "{}", date: later).status == 200)
        }
    }

    /// A client whose clock is wrong can learn by how much from the `Date` of the refusal.
    @Test(arguments: [-3_600, 901, 86_400]) func itsClockCanBeWrong(seconds: Int) throws {
        var options = Emulator.Options()
        options.clockOffsetSeconds = seconds
        try withEmulator(options) { emulator, wire in
            let here = WallClock.now
            let reply = try wire.signed(body: Self.body, date: here)
            #expect(reply.status == 401)
            #expect(
                reply.text.contains(
                    "calc aksk signature fail:signature expired, "
                        + "signature time:\(here.signature),server time:20"))
            let date = try #require(reply.header("Date"))
            #expect((0...2).contains { here.adding(seconds: seconds + $0).http == date })
            let there = here.adding(seconds: seconds)
            #expect(try wire.signed(body: Self.body, date: there).status == 200)
            let set = try wire.exchange(
                "POST", "/_emulator/clock", token: nil, body: #"{"offset_seconds":0}"#)
            #expect(set.text == #"{"offset_seconds":0}"#)
            #expect(try wire.signed(body: Self.body, date: here).status == 200)
            #expect(emulator.stats.objects == 2)
        }
    }
}

struct ThrottleOverTheWireTests {
    private static let body = #"{"data_object":[{}]}"#

    @Test(arguments: [nil, 3]) func slowsDownWhoIsTooFast(retryAfter: Int?) throws {
        var options = Emulator.Options()
        options.requestsPerSecond = 1
        options.retryAfterSeconds = retryAfter
        try withEmulator(options) { emulator, wire in
            #expect(try wire.exchange(body: Self.body).status == 200)
            let reply = try wire.exchange(body: Self.body)
            #expect(reply.status == 429 && reply.text.contains("APIGW.0308"))
            #expect(reply.header("Retry-After") == retryAfter.map(String.init))
            #expect(eventually { (try? wire.exchange(body: Self.body).status) == 200 })
            #expect(emulator.stats.objects == 2)
        }
    }
}

/// What a cloud server would ask its metadata service.
struct MetadataOverTheWireTests {
    private static let keys = "/openstack/latest/securitykey"

    private func token(_ wire: Wire, seconds: String = "21600") throws -> WireReply {
        try wire.exchange(
            "PUT", "/meta-data/latest/api/token", token: nil,
            headers: ["X-Metadata-Token-Ttl-Seconds: \(seconds)"])
    }

    private func ask(_ wire: Wire, _ token: String? = nil) throws -> WireReply {
        try wire.exchange(
            "GET", Self.keys, token: nil, headers: token.map { ["X-Metadata-Token: \($0)"] } ?? [])
    }

    private func key(_ reply: WireReply) throws -> AccessKey {
        func value(_ name: String) throws -> String {
            let rest = try #require(reply.text.split(separator: #""\#(name)":""#).last)
            return String(rest.prefix { $0 != "\"" })
        }
        return AccessKey(
            access: try value("access"), secret: try value("secret"),
            securityToken: try value("securitytoken"))
    }

    @Test func givesKeysThatAreGood() throws {
        try withEmulator { _, wire in
            let metadata = try token(wire)
            #expect(metadata.status == 200 && metadata.header("content-type") == "text/plain")
            let reply = try ask(wire, metadata.text)
            #expect(reply.text.hasPrefix(#"{"credential":{"access":"HST"#))
            #expect(reply.text.contains(#","expires_at":"20"#) && reply.text.hasSuffix(#"000Z"}}"#))
            #expect(try wire.signed(body: "{}", key: key(reply)).status == 200)
            let other = try key(ask(wire))
            #expect(try other != key(reply))
            #expect(try wire.signed(body: "{}", key: key(reply)).status == 200)
        }
    }

    @Test func keysEndAtTheirTime() throws {
        var options = Emulator.Options()
        options.keySeconds = 30
        try withEmulator(options) { emulator, wire in
            let key = try key(ask(wire))
            emulator.setClock(offsetSeconds: 31)
            let reply = try wire.signed(body: "{}", key: key)
            #expect(reply.status == 401 && reply.text.contains("token expires, expires_at: 20"))
            #expect(try wire.signed(body: "{}", key: self.key(ask(wire))).status == 200)
        }
    }

    @Test func refusesATokenThatIsNoneOrHasEnded() throws {
        try withEmulator { emulator, wire in
            for seconds in ["0", "21601", "x"] {
                #expect(try token(wire, seconds: seconds).status == 400)
            }
            let good = try token(wire, seconds: "60").text
            #expect(try ask(wire, good).status == 200)
            #expect(try ask(wire, "x").status == 401)
            emulator.setClock(offsetSeconds: 61)
            #expect(try ask(wire, good).status == 401)
        }
    }

    @Test func canLackTheTokenOrTheAgency() throws {
        try withEmulator { emulator, wire in
            let noAgency = "Please configure Cloud Service Agency first"
            emulator.add(
                Fault(.reply(status: 404), path: "/meta-data"),
                Fault(.reply(status: 401, body: noAgency), path: "/securitykey"))
            #expect(try token(wire).status == 404)
            let reply = try ask(wire)
            #expect(reply.status == 401 && reply.text == noAgency)
            #expect(try ask(wire).status == 200)
        }
    }
}
