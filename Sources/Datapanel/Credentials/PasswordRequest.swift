// SPDX-License-Identifier: Apache-2.0
import CJansson

/// The request that asks IAM for a token by password, and what IAM answers
/// (`KeystoneCreateUserTokenByPassword`).
enum PasswordRequest {
    /// Tokens live so long where IAM does not say it in a way that we know. In milliseconds.
    static let usualLife: Int64 = 86_400_000
    /// Deeper answers are not IAM's; jansson recurses, and our stack is the host's.
    private static let depthLimit = 32

    static func url(_ config: Config) -> Text {
        // Without the catalogue, which is long.
        "\(config.iamEndpoint ?? "")/v3/auth/tokens?nocatalog=1"
    }

    /// Holds the password: to be wiped after use.
    static func body(_ config: Config) throws(DatapanelError) -> Bytes {
        let user = config.text(.authUser) ?? ""
        let password = config.text(.authPassword) ?? ""
        let domain = config.text(.authDomain) ?? ""
        let member: StaticString
        let project: Text
        switch try config.reference(.projectId) {
        case .id(let id)?: (member, project) = ("id", id)
        case .name(let name)?: (member, project) = ("name", name)
        case nil: (member, project) = ("id", "")
        }
        var body = Bytes()
        // All at once: a buffer that grows leaves copies behind. No byte takes more than an escape.
        try body.reserve(256 + 6 * (user.count + password.count + domain.count + project.count))
        try body.append(#"{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"#)
        try JSONWriter.string(user.bytes, &body)
        try body.append(#","password":"#)
        try JSONWriter.string(password.bytes, &body)
        try body.append(#","domain":{"name":"#)
        try JSONWriter.string(domain.bytes, &body)
        try body.append(#"}}}},"scope":{"project":{""#)
        try body.append(member)
        try body.append("\":")
        try JSONWriter.string(project.bytes, &body)
        try body.append("}}}}")
        return body
    }

    /// How long the token of an answer lives, in milliseconds. IAM's own two times are compared,
    /// so that no clock of ours matters; both lose their fractions.
    static func life(_ answer: UnsafeRawBufferPointer) -> Int64 {
        guard let root = try? JSONValue.parse(answer, depthLimit: depthLimit) else {
            return usualLife
        }
        let token = json_object_get(root.pointer, "token")
        guard let end = IssuedTime.seconds(json_object_get(token, "expires_at")),
            let start = IssuedTime.seconds(json_object_get(token, "issued_at")), end > start
        else { return usualLife }
        return (end - start) * 1_000
    }
}
