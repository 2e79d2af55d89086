// SPDX-License-Identifier: Apache-2.0

/// Whether the signature of a request is right.
struct SignatureCheck {
    /// How far the clocks of the two sides may be apart.
    static let dateWindowSeconds = 15 * 60

    private static let bodyHash = "x-sdk-content-sha256"
    private static let date = "x-sdk-date"
    private static let securityToken = "x-security-token"
    private static let unsignedBody = "UNSIGNED-PAYLOAD"

    let request: SignedRequest
    let keys: KnownKeys
    let now: WallClock

    func verify(_ header: SignatureHeader) throws(SignatureRefusal) {
        guard let entry = keys[header.access] else { throw .unknownKey(header.access) }
        let date = try verifiedDate(header)
        try verifySecurityToken(entry, header)
        let canonical = try CanonicalRequest(
            request, signedHeaders: header.signedHeaders, payloadHash: verifiedBodyHash())
        let text = [
            SignatureHeader.algorithm, date, Digest.hash(Array(canonical.text.utf8)),
        ].joined(separator: "\n")
        guard Digest.isCode(header.signature, of: text, key: entry.key.secret) else {
            throw .signature(canonical)
        }
    }

    private func verifiedDate(_ header: SignatureHeader) throws(SignatureRefusal) -> String {
        guard let text = request.header(Self.date) else { throw .noDate }
        guard let date = WallClock(signature: text) else { throw .malformedDate(text) }
        guard header.signedHeaders.contains(Self.date) else { throw .unsignedHeader(Self.date) }
        let earliest = now.adding(seconds: -Self.dateWindowSeconds)
        let latest = now.adding(seconds: Self.dateWindowSeconds)
        guard earliest <= date, date <= latest else {
            throw .expired(signed: text, server: now.signature)
        }
        return text
    }

    private func verifySecurityToken(
        _ entry: KnownKeys.Entry, _ header: SignatureHeader
    ) throws(SignatureRefusal) {
        let token = request.header(Self.securityToken)
        guard token == entry.key.securityToken else {
            throw token == nil ? .noSecurityToken : .wrongSecurityToken
        }
        if token != nil, !header.signedHeaders.contains(Self.securityToken) {
            throw .unsignedHeader(Self.securityToken)
        }
        if let expires = entry.expires, expires <= now { throw .expiredKey(expires) }
    }

    /// A client may leave the body out of its signature, or tell the hash of it in a header; then
    /// that hash has to be the right one.
    private func verifiedBodyHash() throws(SignatureRefusal) -> String {
        let told = request.header(Self.bodyHash)
        if let told, told == Self.unsignedBody { return told }
        let hash = Digest.hash(request.body)
        if let told, told != hash { throw .bodyHash }
        return hash
    }
}
