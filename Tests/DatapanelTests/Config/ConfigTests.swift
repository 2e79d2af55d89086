// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Datapanel

struct ConfigTests {
    private func set(_ config: inout Config, _ key: String, _ value: String) throws {
        try withBytes(key) { key in try withBytes(value) { try config.set(key, $0) } }
    }

    private func complete() throws -> Config {
        var config = Config()
        try set(&config, "endpoint", "http://127.0.0.1:1")
        try set(&config, "project.id", "p")
        try set(&config, "workspace.id", "w")
        try set(&config, "auth.token", "t")
        return config
    }

    @Test func everyDefaultFitsItsSetting() {
        for key in SettingKey.allCases {
            let setting = key.setting
            let fallback = "\(setting.fallback)"
            #expect(throws: Never.self) {
                try withBytes(fallback) { _ = try SettingValue(setting, $0) }
            }
            #expect(string(Config().shown(key)) == fallback)
        }
        #expect(Config().number(.requestTimeout) == 30_000)
        #expect(Config().number(.connectTimeout) == 10_000)
        #expect(Config().number(.replyBytes) == 4 << 20)
        #expect(Config().isOn(.tlsVerify))
        #expect(Config().number(.debug) == 0)
    }

    @Test func keysAreUniqueInEveryCode() {
        let keys = SettingKey.allCases.map { "\($0.setting.key)" }
        #expect(Set(keys).count == keys.count)
        #expect(Set(SettingKey.allCases.map { "\(Environment.variable($0))" }).count == keys.count)
    }

    @Test func valuesAreKeptAsTheyWereWritten() throws {
        var config = Config()
        try set(&config, "request.timeout", "60s")
        #expect(string(config.shown(.requestTimeout)) == "60s")
        #expect(config.number(.requestTimeout) == 60_000)
        try set(&config, "debug", "wire, conn")
        #expect(config.number(.debug) == 1 << 2 | 1 << 0)
        try set(&config, "request.list_field", "data_object_list")
        #expect(config.listField == .dataObjectList)
    }

    @Test func secretsAreNeverShown() throws {
        var config = Config()
        try set(&config, "auth.token", "very-secret")
        #expect(string(config.shown(.authToken)) == "[redacted]")
        let error = failure { try set(&config, "auth.token", "very-secret\r\nX-Evil: 1") }
        #expect(error?.code == .config)
        #expect(error?.message.contains("secret") == false)
        #expect(error?.message.contains("auth.token") == true)
    }

    @Test func aPasswordInTheEndpointIsNotShownEither() {
        var config = Config()
        for endpoint in ["https://user:secret@example.com", "ftp://user:secret@example.com"] {
            let error = failure { try set(&config, "endpoint", endpoint) }
            #expect(error?.message.contains("secret") == false)
        }
        let error = failure { try set(&config, "endpoint", "https://user:p@example.com") }
        #expect(error?.message.contains("user name") == true)
    }

    @Test func aTokenThatNoHeaderCanHoldIsRefused() throws {
        var config = Config()
        try set(&config, "auth.token", String(repeating: "t", count: 512 << 10))
        let long = String(repeating: "t", count: (512 << 10) + 1)
        let error = failure { try set(&config, "auth.token", long) }
        #expect(error?.code == .config)
        #expect(error?.message.contains("512KiB") == true)
    }

    @Test func aProxysPasswordIsNeverShown() throws {
        var config = Config()
        try set(&config, "proxy", "http://proxy.example.com:3128")
        #expect(string(config.shown(.proxy)) == "http://proxy.example.com:3128")
        try set(&config, "proxy", "http://user:secret@proxy.example.com:3128")
        #expect(string(config.shown(.proxy)) == "[redacted]")
    }

    @Test(arguments: [
        ("endpont", "endpoint"), ("request.timout", "request.timeout"), ("token", "auth.token"),
        ("auth-token", "auth.token"), ("TLS.VERIFY", "tls.verify"), ("authtoken", "auth.token"),
    ])
    func anUnknownKeyIsAnsweredWithTheNearest(_ key: String, _ nearest: String) {
        var config = Config()
        let error = failure { try set(&config, key, "x") }
        #expect(error?.code == .config)
        #expect(error?.message.hasSuffix("did you mean \(nearest)?") == true)
    }

    @Test(arguments: [
        ("request.timeout", "30"), ("request.timeout", "0s"), ("request.timeout", "25h"),
        ("request.timeout", "1.5s"), ("request.timeout", "-1s"), ("request.timeout", ""),
        ("request.timeout", "99999999999999999999s"), ("request.timeout", "9223372036854775807h"),
        ("reply.bytes", "1KB"), ("reply.bytes", "1"), ("reply.bytes", "1TiB"),
        ("tls.verify", "yes"), ("tls.verify", ""), ("auth", "magic"), ("debug", "conn,all"),
        ("endpoint", "secmaster.example.com"), ("endpoint", "ftp://example.com"),
        ("endpoint", "https://"), ("endpoint", "https://a/b"), ("endpoint", "https://u:p@a"),
        ("endpoint", "https://a:0"), ("endpoint", "https://a:65536"), ("endpoint", "https://a:"),
        ("endpoint", "https://[::1"), ("endpoint", "https://a?b"), ("project.id", "a/b"),
        ("workspace.id", ".."), ("proxy", "http://a\n"),
    ])
    func badValuesAreRefusedByName(_ key: String, _ value: String) {
        var config = Config()
        let error = failure { try set(&config, key, value) }
        #expect(error?.code == .config)
        #expect(error?.message.hasPrefix("\(key): ") == true)
        #expect(error?[.key] == key)
    }

    @Test(arguments: [
        "http://a", "https://secmaster.ap-southeast-3.myhuaweicloud.com", "HTTPS://A:1",
        "http://127.0.0.1:65535", "http://[::1]:8080", "https://[fe80::1]",
    ])
    func endpointsOfEveryFormAreTaken(_ value: String) throws {
        var config = Config()
        try set(&config, "endpoint", value)
        #expect(string(config.shown(.endpoint)) == value)
    }

    @Test func whatIsMissingIsNamedWithItsVariable() throws {
        let error = failure { try Config().check() }
        #expect(error?.code == .config)
        #expect(error?.message.contains("endpoint") == true)
        #expect(error?.message.contains("DATAPANEL_ENDPOINT") == true)
        var config = try complete()
        try config.check()
        try set(&config, "auth.token", "")
        #expect(failure { try config.check() }?.message.contains("auth.token") == true)
    }

    @Test func eachOfTheKeysIsNeededToSign() throws {
        var config = try complete()
        try set(&config, "auth", "aksk")
        for key in ["auth.access_key", "auth.secret_key"] {
            let error = failure { try config.check() }
            #expect(error?.code == .config)
            #expect(error?[.key] == key)
            #expect(error?.message.hasPrefix("\(key) is needed with auth = aksk") == true)
            try set(&config, key, "x")
        }
        try config.check()
        #expect(config.signingKey.securityToken == nil)
    }

    /// So that no call is signed with halves of two pairs.
    @Test func newKeysCountTogether() throws {
        var config = try complete()
        for (key, value) in ["auth": "aksk", "auth.access_key": "A", "auth.secret_key": "a"] {
            try set(&config, key, value)
        }
        func change(_ key: String, _ value: String) throws -> [String?] {
            try withBytes(key) { key in
                try withBytes(value) { config = try config.changed(key, $0) }
            }
            let key = config.signingKey
            return [key.access, key.secret, key.securityToken].map { $0?.description }
        }
        #expect(try change("auth.access_key", "B") == ["A", "a", nil])
        #expect(try change("auth.security_token", "t") == ["A", "a", nil])
        #expect(try change("auth.secret_key", "b") == ["B", "b", "t"])
        #expect(try change("auth.security_token", "") == ["B", "b", "t"])
        #expect(try change("auth.secret_key", "b") == ["B", "b", nil])
    }

    @Test func keysAreShownAsFarAsTheyAreNoSecret() throws {
        var config = Config()
        for key in ["auth.access_key", "auth.secret_key", "auth.security_token"] {
            try set(&config, key, "very-secret")
        }
        #expect(string(config.shown(.accessKey)) == "very-secret")
        #expect(string(config.shown(.secretKey)) == "[redacted]")
        #expect(string(config.shown(.securityToken)) == "[redacted]")
    }

    @Test func theRegionTellsWhatIsNotSet() throws {
        var config = Config()
        #expect(config.endpoint == nil && config.iamEndpoint == nil)
        try set(&config, "auth.token", "t")
        try set(&config, "region", "ap-southeast-3")
        try config.check()
        #expect(config.endpoint == "https://secmaster.ap-southeast-3.myhuaweicloud.com")
        #expect(config.iamEndpoint == "https://iam.ap-southeast-3.myhuaweicloud.com")
        try set(&config, "region", "eu-west-101")
        #expect(config.endpoint == "https://secmaster.eu-west-101.myhuaweicloud.com")
        #expect(config.iamEndpoint == "https://iam.myhuaweicloud.com")
        try set(&config, "endpoint", "https://secmaster.eu-west-101.myhuaweicloud.eu")
        try set(&config, "iam.endpoint", "http://127.0.0.1:1")
        #expect(config.endpoint == "https://secmaster.eu-west-101.myhuaweicloud.eu")
        #expect(config.iamEndpoint == "http://127.0.0.1:1")
    }

    @Test(arguments: ["a/b", "user@evil.test", "evil.test:443", "a b", "a?b", "a#b", "ä"])
    func regionsAreHeldToWhatAHostNameCanHold(_ region: String) throws {
        var config = Config()
        try set(&config, "auth.token", "t")
        try set(&config, "region", region)
        let error = failure { try config.check() }
        #expect(error?.code == .config)
        #expect(error?[.key] == "region")
        try set(&config, "endpoint", "http://127.0.0.1:1")
        #expect(failure { try config.check() }?[.key] == "region")
    }

    @Test func idsAreNeededWhereTheyAreUsed() throws {
        var config = try complete()
        try set(&config, "workspace.id", "")
        try config.check()
        #expect(failure { try config.checkProducer() }?.message.contains("workspace.id") == true)
        let error = failure { try withBytes("c") { _ = try TargetURL.make(config, $0) } }
        #expect(error?.code == .config)
        #expect(error?[.key] == "workspace.id")
    }

    @Test(arguments: [
        (["backoff.base": "40s"], "backoff.base", "backoff.cap"),
        (["backoff.cap": "100ms"], "backoff.base", "backoff.cap"),
        (["tls.verify": "false", "tls.ca_file": #filePath], "tls.verify", "tls.ca_file"),
    ])
    func contradictionsAreRefusedWithBothKeys(
        _ settings: [String: String], _ one: String, _ other: String
    ) throws {
        var config = try complete()
        for (key, value) in settings { try set(&config, key, value) }
        let error = failure { try config.check() }
        #expect(error?.code == .config)
        #expect(error?.message.contains(one) == true)
        #expect(error?.message.contains(other) == true)
    }

    @Test func aMissingCertificateFileIsFoundAtOnce() throws {
        var config = try complete()
        try set(&config, "tls.ca_file", "/nowhere/ca.pem")
        #expect(failure { try config.check() }?.message.contains("/nowhere/ca.pem") == true)
        try set(&config, "tls.ca_file", "/tmp")
        #expect(failure { try config.check() }?.code == .config)
    }

    @Test func aCopyIsASnapshot() throws {
        var config = try complete()
        let before = config
        try set(&config, "request.timeout", "60s")
        #expect(before.number(.requestTimeout) == 30_000)
    }

    @Test func theDescriptionIsDataAboutEverySetting() throws {
        let text = try ConfigDescription.json()
        defer { text.pointer.deallocate() }
        let data = Data(bytes: text.pointer, count: text.count)
        let rows = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        #expect(
            rows.compactMap { $0["key"] as? String }
                == SettingKey.allCases.map { "\($0.setting.key)" })
        let timeout = try #require(rows.first { $0["key"] as? String == "request.timeout" })
        #expect(timeout["min"] as? Int == 1)
        #expect(timeout["max"] as? Int == 86_400_000)
        #expect(timeout["runtime"] as? Bool == true)
        #expect(timeout["environment"] as? String == "DATAPANEL_REQUEST_TIMEOUT")
        #expect(timeout["range"] as? String == "1ms to 24h")
    }
}
