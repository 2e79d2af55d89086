// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct QuotedTokensTests {
    @Test(arguments: [
        ("plain", "plain"), ("", ""),
        ("a|x-security-token:SECRET|x-z:1", "a|x-security-token:[redacted]|x-z:1"),
        ("a|X-Auth-Token:SECRET b", "a|X-Auth-Token:[redacted] b"),
        ("x-security-token:SECRET", "x-security-token:[redacted]"),
        ("x-security-token:", "x-security-token:[redacted]"),
        (
            "x-auth-token:S|x-security-token:T|host;x-security-token|e3b0",
            "x-auth-token:[redacted]|x-security-token:[redacted]|host;x-security-token|e3b0"
        ),
    ])
    func tokensAreTakenOut(_ quoted: String, _ expected: String) throws {
        #expect(QuotedTokens.hidden(try text(quoted)) == expected)
    }

    @Test func errorsHaveNone() {
        let body =
            #"{"error_code":"APIGW.0301","error_msg":"canonicalRequest:POST|/|"#
            + #"x-security-token:SECRET|\nx-auth-token:SECRET"}"#
        let error = withBytes(body) { ServiceError($0) }
        #expect(error.message?.contains("SECRET") == false)
        #expect(error.message?.contains("canonicalRequest:POST|/|x-security-token:") == true)
    }
}
