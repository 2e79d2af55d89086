// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Datapanel

/// What the environment and files say of addresses, and who else can read settings.
struct SettledTests {
    private func config(_ settings: [String: String]) throws -> Config {
        var config = Config()
        for (key, value) in settings {
            try withBytes(key) { key in try withBytes(value) { try config.set(key, $0) } }
        }
        return config
    }

    private func settled(
        _ settings: [String: String], _ variables: [String: String]
    ) throws -> Config {
        try config(settings).settled(
            in: VendorEnvironment { name in variables[name.description].map { "\($0)" } })
    }

    @Test(arguments: [
        ("https://a.test", "https://a.test"), ("a.test:8443", "https://a.test:8443"),
        (" http://a.test , https://b.test", "http://a.test"), ("a.test,b.test", "https://a.test"),
    ])
    func aVariableMovesTheServiceOfARegion(_ value: String, _ endpoint: String) throws {
        let variables = ["HUAWEICLOUD_SDK_REGION_SECMASTER_CN_NORTH_4": value]
        let there = try settled(["region": "cn-north-4"], variables)
        #expect(there.endpoint?.description == endpoint)
        #expect(there.iamEndpoint == "https://iam.cn-north-4.myhuaweicloud.com")
        let elsewhere = try settled(["region": "cn-north-1"], variables)
        #expect(elsewhere.endpoint == "https://secmaster.cn-north-1.myhuaweicloud.com")
    }

    @Test func aVariableMovesIAM() throws {
        let variables = ["HUAWEICLOUD_SDK_IAM_ENDPOINT": "iam.test"]
        let config = try settled(["region": "cn-north-4"], variables)
        #expect(config.iamEndpoint == "https://iam.test")
        #expect(config.endpoint == "https://secmaster.cn-north-4.myhuaweicloud.com")
    }

    @Test func whatIsSetGoesBeforeTheVariables() throws {
        let config = try settled(
            ["region": "r", "endpoint": "http://a.test", "iam.endpoint": "http://b.test"],
            [
                "HUAWEICLOUD_SDK_REGION_SECMASTER_R": "c.test",
                "HUAWEICLOUD_SDK_IAM_ENDPOINT": "d.test",
            ])
        #expect(config.endpoint == "http://a.test")
        #expect(config.iamEndpoint == "http://b.test")
    }

    @Test func aBadAddressIsNamedWithItsVariable() throws {
        let name = "HUAWEICLOUD_SDK_REGION_SECMASTER_R"
        let error = failure { _ = try settled(["region": "r"], [name: "https://a.test/path"]) }
        #expect(error?.code == .config)
        #expect(error?.message.hasPrefix("\(name): endpoint: ") == true)
    }

    @Test func aFileMovesTheServiceOfARegion() throws {
        let text = "SECMASTER: [{id: cn-north-4, endpoint: \"a.test\"}]"
        try withFile(text, mode: 0o644) { path in
            let file = ["HUAWEICLOUD_SDK_REGIONS_FILE": path]
            let region = ["region": "cn-north-4"]
            #expect(try settled(region, file).endpoint == "https://a.test")
            let variable = file.merging(
                ["HUAWEICLOUD_SDK_REGION_SECMASTER_CN_NORTH_4": "b.test"]) { $1 }
            #expect(try settled(region, variable).endpoint == "https://b.test")
            let elsewhere = try settled(["region": "cn-north-1"], file)
            #expect(elsewhere.endpoint == "https://secmaster.cn-north-1.myhuaweicloud.com")
        }
    }

    @Test func aNamedRegionsFileThatIsNotThereIsAnError() throws {
        let variables = ["HUAWEICLOUD_SDK_REGIONS_FILE": "/nowhere/regions"]
        let error = failure { _ = try settled(["region": "r"], variables) }
        #expect(error?.code == .file)
        #expect(error?[.key] == "HUAWEICLOUD_SDK_REGIONS_FILE")
        #expect(throws: Never.self) { try settled(["endpoint": "http://a.test"], variables) }
    }

    @Test func aBadAddressIsNamedWithItsFile() throws {
        try withFile("SECMASTER: [{id: r, endpoint: \"a b\"}]", mode: 0o600) { path in
            let variables = ["HUAWEICLOUD_SDK_REGIONS_FILE": path]
            let error = failure { _ = try settled(["region": "r"], variables) }
            #expect(error?.code == .config)
            #expect(error?.message.hasPrefix("\(path): endpoint: ") == true)
        }
    }

    // MARK: files that others can read

    private func withFile<Result>(
        _ text: String, mode: Int, _ body: (String) throws -> Result
    ) throws -> Result {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("datapanel-\(UUID().uuidString)").path
        try #require(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode]))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    @Test(arguments: [
        ("auth.token = t", 0o644, true), ("auth.token = t", 0o660, true),
        ("auth.token = t", 0o600, false), ("auth.token = t", 0o400, false),
        ("region = r", 0o644, false), ("auth.token =", 0o644, false),
    ])
    func aFileOfSecretsThatOthersCanReadIsWarnedOf(
        _ text: String, _ mode: Int, _ isWarnedOf: Bool
    ) throws {
        try withFile(text, mode: mode) { path in
            var config = Config()
            for _ in 0..<2 { try ConfigFile.load(path, into: &config) }
            // The log may come after the file.
            let lines = LogLines()
            config.log = lines.log
            _ = try config.settled(in: VendorEnvironment { _ in nil })
            let warning =
                "\(path) holds secrets and others can read or change it: chmod 600 \(path)"
            #expect(lines.warnings == (isWarnedOf ? [warning] : []))
        }
    }
}
