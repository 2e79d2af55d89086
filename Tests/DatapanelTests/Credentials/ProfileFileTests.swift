// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct ProfileFileTests {
    /// The settings that a file comes to; nil for none of its kind.
    private func read(_ text: String) throws -> [String: String]? {
        let keys = try withBytes(text) { try ProfileFile.parse($0, "f") }
        guard let keys else { return nil }
        return Dictionary(
            keys.settings.map { ("\($0.key.setting.key)", $0.value.description) },
            uniquingKeysWith: { $1 })
    }

    @Test func theVendorsFileIsRead() throws {
        let text = """
            # of the sensor at the door
            [basic]
            ak = AK
            sk=SK with = and : in it
            security_token : a token
            project_id=p
            iam_endpoint = iam.example.test
            idp_id = for others
            domain_id =

            [global]
            ak = another
            """
        #expect(
            try read(text) == [
                "auth.access_key": "AK", "auth.secret_key": "SK with = and : in it",
                "auth.security_token": "a token", "project.id": "p",
                "iam.endpoint": "iam.example.test",
            ])
    }

    @Test(arguments: [
        "[BasicCredentials]\nAK=a\nSK=b", "\u{FEFF}[basic]\r\nak=a\r\nsk=b\r\n",
        ";c\n\n   [basic]\n  ak  =  a  \n\tsk:b",
        "[global]\nak=x\n[basic]\nak=a\n[x]\nsk=y\n[basic]\nsk=b",
        "[basiccredentials]\nak=x\nsk=y\n[basic]\nak=a\nsk=b",
        "ak=x\nno line\n[basic]\nak=a\nsk=b",
    ])
    func itIsReadInEverySpelling(_ text: String) throws {
        #expect(try read(text) == ["auth.access_key": "a", "auth.secret_key": "b"])
    }

    @Test(arguments: ["", "\n", "ak=a\nsk=b", "[global]\nak=a", "[basic", "basic]", "[ basic ]"])
    func aFileWithoutTheSectionHasNoKeys(_ text: String) throws {
        #expect(try read(text) == nil)
    }

    @Test func aLineThatIsNoSettingIsNamedAndNotShown() {
        let error = failure { _ = try read("[basic]\nak = a\n\nmy-secret\n") }
        #expect(error?.code == .config)
        #expect(error?.message == "f, line 4: expected key = value")
    }

    @Test(arguments: [
        ("ak = a", "has ak, but no sk"), ("sk = b", "has sk, but no ak"),
        ("security_token = t", "has a security token, but no ak"),
        ("ak = a\nsecurity_token = t", "has ak, but no sk"), ("ak=\nsk=b", "has sk, but no ak"),
    ])
    func aHalfOfAPairIsRefused(_ lines: String, _ words: String) throws {
        let keys = try #require(
            try withBytes("[basic]\n" + lines) { try ProfileFile.parse($0, "f") })
        let error = failure { _ = try keys.areThere(in: "it", access: "ak", secret: "sk") }
        #expect(error?.code == .config)
        #expect(error?.message.contains(words) == true)
    }
}
