// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Datapanel

/// Where `auth = default` finds credentials, in an environment that only the test sees.
struct CredentialChainTests {
    private static let keys = ["HUAWEICLOUD_SDK_AK": "EA", "HUAWEICLOUD_SDK_SK": "ES"]

    private func config(_ settings: [String: String]) throws -> Config {
        var config = Config()
        let all = ["auth": "default", "endpoint": "http://127.0.0.1:1"]
        for (key, value) in all.merging(settings, uniquingKeysWith: { $1 }) {
            try withBytes(key) { key in try withBytes(value) { try config.set(key, $0) } }
        }
        return config
    }

    private func settled(
        _ settings: [String: String] = [:], _ variables: [String: String] = [:]
    ) throws -> Config {
        try config(settings).settled(
            in: VendorEnvironment { name in variables[name.description].map { "\($0)" } })
    }

    /// Makes a home with a profile file of this text, and takes it away afterwards.
    private func withHome<Result>(
        _ text: String, mode: Int = 0o600, _ body: (String) throws -> Result
    ) throws -> Result {
        let home = FileManager.default.temporaryDirectory
            .appendingPathComponent("datapanel-\(UUID().uuidString)")
        let folder = home.appendingPathComponent(".huaweicloud")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        let path = folder.appendingPathComponent("credentials").path
        try #require(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode]))
        return try body(home.path)
    }

    private func expect(_ config: Config, _ access: String, _ secret: String, _ token: String?) {
        #expect(config.auth == .aksk)
        #expect(config.signingKey.access == access)
        #expect(config.signingKey.secret == secret)
        #expect(config.signingKey.securityToken?.description == token)
    }

    // MARK: which place counts

    @Test(arguments: [
        (["auth.token": "t"], AuthKind.token),
        (["auth.access_key": "A", "auth.secret_key": "S"], .aksk),
        (["auth.user": "u", "auth.password": "p", "auth.domain": "d"], .password),
    ])
    func settingsGoFirst(_ settings: [String: String], _ kind: AuthKind) throws {
        try withHome("[basic]\nak=PA\nsk=PS") { home in
            let settled = try settled(settings, Self.keys.merging(["HOME": home]) { $1 })
            #expect(settled.auth == kind)
            #expect(settled.text(.accessKey)?.description == settings["auth.access_key"])
        }
    }

    @Test func theEnvironmentGoesBeforeTheProfile() throws {
        try withHome("[basic]\nak=PA\nsk=PS\nsecurity_token=PT\nproject_id=pp") { home in
            let variables = Self.keys.merging(["HOME": home]) { $1 }
            expect(try settled([:], variables), "EA", "ES", nil)
            let temporary = variables.merging(["HUAWEICLOUD_SDK_SECURITY_TOKEN": "ET"]) { $1 }
            expect(try settled([:], temporary), "EA", "ES", "ET")
            #expect(try settled([:], temporary).text(.projectId) == nil)
        }
    }

    @Test func theProfileGoesBeforeTheMetadataService() throws {
        let text = "[basic]\nak=PA\nsk=PS\nsecurity_token=PT\nproject_id=pp\niam_endpoint=iam.test"
        try withHome(text) { home in
            let config = try settled([:], ["HOME": home, "HUAWEICLOUD_SDK_AK": ""])
            expect(config, "PA", "PS", "PT")
            #expect(config.text(.projectId)?.description == "pp")
            #expect(config.iamEndpoint?.description == "https://iam.test")
        }
    }

    @Test func aNamedProfileGoesBeforeTheOneAtHome() throws {
        try withHome("[basic]\nak=A\nsk=S") { home in
            try withHome("[basic]\nak=B\nsk=T") { other in
                let named = other + "/.huaweicloud/credentials"
                let config = try settled(
                    [:], ["HOME": home, "HUAWEICLOUD_SDK_CREDENTIALS_FILE": named])
                expect(config, "B", "T", nil)
            }
        }
    }

    @Test func withoutAnyTheMetadataServiceIsLeft() throws {
        let config = try settled([:], ["HOME": "/nowhere"])
        #expect(config.auth == .default)
        #expect(config.proof == nil)
        #expect(
            config.searched == """
                the settings have no credentials; HUAWEICLOUD_SDK_AK is not set; there is no \
                file /nowhere/.huaweicloud/credentials
                """)
        #expect(throws: Never.self) { try config.check() }
    }

    @Test func anotherAuthLooksNowhereElse() throws {
        let config = try settled(["auth": "token"], Self.keys)
        #expect(config.auth == .token)
        #expect(config.text(.accessKey) == nil)
        #expect(failure { try config.check() }?[.key] == "auth.token")
    }

    @Test func aProjectIdBelongsToItsKeysUnlessOneIsSet() throws {
        let project = ["HUAWEICLOUD_SDK_PROJECT_ID": "ep"]
        try withHome("[basic]\nak=PA\nsk=PS\nproject_id=pp") { home in
            let variables = project.merging(["HOME": home]) { $1 }
            let own = try settled(["project.id": "own"], variables)
            #expect(own.text(.projectId)?.description == "own")
            #expect(try settled([:], variables).text(.projectId)?.description == "pp")
        }
        let none = project.merging(["HOME": "/nowhere"]) { $1 }
        #expect(try settled([:], none).text(.projectId)?.description == "ep")
        let explicit = try settled(["auth.token": "t"], none)
        #expect(explicit.text(.projectId)?.description == "ep")
    }

    // MARK: what is refused

    @Test func credentialsOfTwoKindsAreRefused() throws {
        let error = failure {
            _ = try settled(["auth.token": "t", "auth.secret_key": "very-secret"])
        }
        #expect(error?.code == .config)
        #expect(error?[.key] == "auth.token, auth.secret_key")
        #expect(error?.message.contains("very-secret") == false)
    }

    @Test(arguments: [
        ("auth.access_key", "auth.secret_key"), ("auth.secret_key", "auth.access_key"),
        ("auth.security_token", "auth.access_key"), ("auth.user", "project.id"),
    ])
    func aHalfOfASettingsPairIsRefused(_ set: String, _ missing: String) throws {
        let settings = [
            set: "x", "auth.password": set == "auth.user" ? "p" : "",
            "auth.domain": set == "auth.user" ? "d" : "",
        ]
        let config = try settled(settings, Self.keys)
        #expect(failure { try config.check() }?[.key]?.description == missing)
    }

    @Test(arguments: [
        (["HUAWEICLOUD_SDK_AK": "a"], "HUAWEICLOUD_SDK_SK"),
        (["HUAWEICLOUD_SDK_SK": "very-secret"], "HUAWEICLOUD_SDK_AK"),
        (["HUAWEICLOUD_SDK_SECURITY_TOKEN": "very-secret"], "HUAWEICLOUD_SDK_AK"),
    ])
    func aHalfOfAnEnvironmentsPairIsRefused(
        _ variables: [String: String], _ missing: String
    ) throws {
        let error = failure { _ = try settled([:], variables) }
        #expect(error?.code == .config)
        #expect(error?[.key]?.description == missing)
        #expect(error?.message.contains("the environment has") == true)
        #expect(error?.message.contains("very-secret") == false)
    }

    @Test func aHalfOfAProfilesPairIsRefusedWithItsFile() throws {
        try withHome("[basic]\nsk=very-secret") { home in
            let error = failure { _ = try settled([:], ["HOME": home]) }
            #expect(error?.code == .config)
            #expect(error?.message.contains("[basic] of \(home)/.huaweicloud/credentials") == true)
            #expect(error?.message.contains("very-secret") == false)
        }
    }

    @Test func aBadValueIsNamedWithItsPlaceAndNotShown() throws {
        let variables = Self.keys.merging(["HUAWEICLOUD_SDK_SK": "very-secret\u{1}"]) { $1 }
        let error = failure { _ = try settled([:], variables) }
        #expect(error?.code == .config)
        #expect(error?.message.hasPrefix("the environment: auth.secret_key: the value") == true)
        #expect(error?.message.contains("very-secret") == false)
    }

    @Test func aNamedProfileThatIsNotThereIsAnError() throws {
        let variables = ["HUAWEICLOUD_SDK_CREDENTIALS_FILE": "/nowhere/keys"]
        let error = failure { _ = try settled([:], variables) }
        #expect(error?.code == .file)
        #expect(error?.message.contains("/nowhere/keys") == true)
    }

    @Test(arguments: ["/dev/zero", "/dev/null", "/"])
    func aNamedProfileThatIsNoFileIsAnError(_ path: String) throws {
        let error = failure { _ = try settled([:], ["HUAWEICLOUD_SDK_CREDENTIALS_FILE": path]) }
        #expect(error?.code == .file)
        #expect(error?.message == "\(path) is no regular file")
    }

    @Test func aProfileIsReadUpToASize() throws {
        let long = String(repeating: "# a comment\n", count: 100_000)
        try withHome(long + "[basic]\nak=A\nsk=S") { home in
            let path = home + "/.huaweicloud/credentials"
            let error = failure { _ = try settled([:], ["HUAWEICLOUD_SDK_CREDENTIALS_FILE": path]) }
            #expect(error?.code == .file)
            #expect(error?.message.contains("above 1MiB") == true)
            // Nobody named it, so it is told and passed over.
            let searched = try settled([:], ["HOME": home]).searched
            #expect(searched?.contains("above 1MiB") == true)
        }
    }

    // MARK: what is told

    @Test(arguments: [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1), (0o620, 1), (0o644, 1)])
    func aProfileThatOthersCanReadIsWarnedOf(_ mode: Int, _ warnings: Int) throws {
        try withHome("[basic]\nak=A\nsk=very-secret", mode: mode) { home in
            var config = try config([:])
            let lines = LogLines()
            config.log = lines.log
            _ = try config.settled(in: VendorEnvironment { $0 == "HOME" ? "\(home)" : nil })
            let path = home + "/.huaweicloud/credentials"
            #expect(lines.warnings.count == warnings)
            #expect(lines.warnings.allSatisfy { $0.contains("chmod 600 \(path)") })
            #expect(lines.all.allSatisfy { !$0.contains("very-secret") })
        }
    }

    @Test func eachPlaceTellsWhyItIsPassedOver() throws {
        var config = try config([:])
        let lines = LogLines()
        config.log = lines.log
        _ = try config.settled(in: VendorEnvironment { _ in nil })
        #expect(
            lines.all == [
                "auth = default: the settings have no credentials",
                "auth = default: HUAWEICLOUD_SDK_AK is not set",
                "auth = default: HOME is not set, where credentials would be",
                "auth = default: keys come from the metadata service, http://169.254.169.254",
            ])
    }

    // MARK: what is set later

    private func changed(_ config: Config, _ key: String, _ value: String) throws -> Config {
        try withBytes(key) { key in try withBytes(value) { try config.changed(key, $0) } }
    }

    @Test func keysThatAreSetLaterGoBeforeTheMetadataService() throws {
        var config = try settled()
        config = try changed(config, "auth.access_key", "A")
        #expect(config.auth == .default)
        let before = config
        config = try changed(config, "auth.secret_key", "S")
        expect(config, "A", "S", nil)
        #expect(config.isAskingAnew(since: before))
        #expect(config.isSigningAnew(since: before))
    }

    @Test func aTokenThatIsSetLaterGoesBeforeTheMetadataService() throws {
        let config = try changed(settled(), "auth.token", "t")
        #expect(config.auth == .token)
        guard case .token(let token) = config.proof else {
            Issue.record("no token")
            return
        }
        #expect(token == "t")
    }

    @Test func aSecretKeyWithoutItsAccessKeyIsRefusedLaterToo() throws {
        let config = try settled()
        let error = failure { _ = try changed(config, "auth.secret_key", "S") }
        #expect(error?[.key] == "auth.access_key")
    }

    @Test func onlyAnotherPlaceIsAReasonToAskAgain() throws {
        let config = try settled()
        #expect(!(try changed(config, "debug", "auth")).isAskingAnew(since: config))
        #expect(!(try changed(config, "auth.user", "u")).isAskingAnew(since: config))
        let moved = try changed(config, "metadata.endpoint", "http://127.0.0.1:2")
        #expect(moved.isAskingAnew(since: config))
    }
}
