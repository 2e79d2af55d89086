// SPDX-License-Identifier: Apache-2.0
@testable import DatapanelEmulator

/// Requests that are signed as the service's own SDKs do it.
enum Signing {
    /// The lines that sign a request, and `X-Security-Token` where the keys have one.
    static func headers(
        _ method: String = "POST", _ target: String = Request.create, body: String = "",
        key: AccessKey = .permanent, date: WallClock = .now
    ) throws -> [String] {
        var sent = [Header("Host", "localhost"), Header("X-Sdk-Date", date.signature)]
        if let token = key.securityToken { sent.append(Header("X-Security-Token", token)) }
        let names = sent.map { $0.name.lowercased() }
        let request = SignedRequest(
            method: method, target: target, headers: sent, body: Array(body.utf8))
        let canonical = try CanonicalRequest(
            request, signedHeaders: names, payloadHash: Digest.hash(request.body))
        let text = [
            SignatureHeader.algorithm, date.signature, Digest.hash(Array(canonical.text.utf8)),
        ].joined(separator: "\n")
        let signature = Digest.code(text, key: key.secret)
        return sent.dropFirst().map { "\($0.name): \($0.value)" } + [
            "Authorization: \(SignatureHeader.algorithm) Access=\(key.access), "
                + "SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"
        ]
    }
}

extension Wire {
    /// Sends a signed request and reads the reply.
    func signed(
        _ method: String = "POST", _ target: String = Request.create, body: String = "",
        key: AccessKey = .permanent, date: WallClock = .now
    ) throws -> WireReply {
        try exchange(
            method, target, token: nil,
            headers: Signing.headers(method, target, body: body, key: key, date: date),
            body: body)
    }

    /// Asks IAM for a token.
    func askForToken(
        user: String = "emulator-user", password: String = "emulator-password",
        domain: String = "emulator-account",
        scope: String = #"{"project":{"name":"ap-southeast-3"}}"#,
        query: String = "?nocatalog=1"
    ) throws -> WireReply {
        let user =
            #"{"name":"\#(user)","password":"\#(password)","domain":{"name":"\#(domain)"}}"#
        let identity = #"{"methods":["password"],"password":{"user":\#(user)}}"#
        return try exchange(
            "POST", "/v3/auth/tokens\(query)", token: nil,
            body: #"{"auth":{"identity":\#(identity),"scope":\#(scope)}}"#)
    }

    func token() throws -> String {
        let reply = try askForToken()
        guard let token = reply.header("X-Subject-Token") else {
            throw Failure(description: reply.text)
        }
        return token
    }
}
