// SPDX-License-Identifier: Apache-2.0

/// The tokens that the emulated IAM has given out.
struct IssuedTokens {
    /// What a token is good for.
    struct Grant: Equatable {
        var issued: WallClock
        var expires: WallClock
        var scope: Scope
        /// How many requests it is still good for; nil for any number.
        var usesLeft: Int?
        /// Ended before its time, as when the password was changed.
        var isRevoked = false
    }

    enum Scope: Equatable {
        /// All of the account, as access keys are good for.
        case account
        case project(String)
        /// Global services, of which the data panel is none.
        case global
    }

    enum Check: Equatable {
        case good(Scope)
        case expired(WallClock)
        case revoked
        case unknown
    }

    private var grants: [String: Grant] = [:]

    /// Returns the text of a new token. One in use stays as it is.
    mutating func issue(_ grant: Grant, length: Int) -> String {
        grants = grants.filter { !Self.isLongGone($0.value.expires, grant.issued) }
        let token = "MII" + Random.text(length - 3)
        grants[token] = grant
        return token
    }

    /// Looks at the token of a request, which is one use of it.
    mutating func use(_ token: String, now: WallClock) -> Check {
        guard let grant = grants[token] else { return .unknown }
        if grant.isRevoked { return .revoked }
        guard now < grant.expires, grant.usesLeft != 0 else { return .expired(grant.expires) }
        if let left = grant.usesLeft { grants[token]?.usesLeft = left - 1 }
        return .good(grant.scope)
    }

    /// Ends all of them, and tells how many were still good.
    mutating func revokeAll(now: WallClock) -> Int {
        var count = 0
        for (token, grant) in grants where !grant.isRevoked {
            if now < grant.expires, grant.usesLeft != 0 { count += 1 }
            grants[token]?.isRevoked = true
        }
        return count
    }

    /// What ended is remembered for an hour, to be told from what never was.
    static func isLongGone(_ expires: WallClock, _ now: WallClock) -> Bool {
        expires.adding(seconds: 3_600) < now
    }
}
