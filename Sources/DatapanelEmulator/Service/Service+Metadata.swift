// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// What a cloud server asks about itself: here, the temporary keys of its agency.
extension Service {
    static let metadataSeconds = 1...21_600

    /// Gives out what has to go with the other requests.
    func issueMetadataToken(_ exchange: Exchange) throws(Refusal) -> Reply {
        let text = exchange.head.headers.first(name: "x-metadata-token-ttl-seconds")
        guard let seconds = text.flatMap({ Int($0) }), Self.metadataSeconds ~= seconds else {
            throw .noMetadataTime
        }
        let issued = now
        let grant = IssuedTokens.Grant(
            issued: issued, expires: issued.adding(seconds: seconds), scope: .global)
        let token = withState { $0.metadataTokens.issue(grant, length: 56) }
        return Reply(headers: [Header("Content-Type", "text/plain")], body: Array(token.utf8))
    }

    /// Makes new keys. A request without a token is let in too, as by servers that still allow it.
    func issueKeys(_ exchange: Exchange) throws(Refusal) -> Reply {
        let now = now
        if let token = exchange.head.headers.first(name: "x-metadata-token") {
            let check = withState { $0.metadataTokens.use(token, now: now) }
            guard case .good = check else { throw .noMetadataToken }
        }
        let entry = withState { $0.keys.issue(seconds: options.keySeconds, now: now) }
        var json = JSONWriter()
        json.raw(#"{"credential":"#)
        json.object([
            "access": .string(entry.key.access), "secret": .string(entry.key.secret),
            "securitytoken": .string(entry.key.securityToken ?? ""),
            "expires_at": .string(entry.expires?.identity ?? ""),
        ])
        json.raw("}")
        return Reply(json: json)
    }
}
