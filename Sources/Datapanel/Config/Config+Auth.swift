// SPDX-License-Identifier: Apache-2.0

/// What the settings say of credentials.
extension Config {
    private static let credentials: [(kind: AuthKind, keys: [SettingKey])] = [
        (.token, [.authToken]),
        (.password, [.authPassword, .authUser, .authDomain]),
        (.aksk, [.secretKey, .accessKey, .securityToken]),
    ]

    /// The kind of the credentials that are set, perhaps only in part; nil when none are.
    var explicitAuth: AuthKind? {
        get throws(DatapanelError) {
            var found: (kind: AuthKind, key: SettingKey)?
            for (kind, keys) in Self.credentials {
                guard let key = keys.first(where: { text($0) != nil }) else { continue }
                if let found {
                    throw clash(
                        found.key, key,
                        """
                        auth = default cannot tell which counts, \(found.key.setting.key) or \
                        \(key.setting.key); set only one of them, or another auth
                        """)
                }
                found = (kind, key)
            }
            return found?.kind
        }
    }

    /// What authorises calls, where settings say it.
    var proof: Proof? {
        switch auth {
        case .token: text(.authToken).map { .token($0) }
        case .aksk: .key(signingKey)
        case .password, .default: nil
        }
    }

    /// Whether tokens or keys that were given for a time are those of former credentials.
    func isAskingAnew(since before: Config) -> Bool {
        if auth != before.auth { return true }
        let key: SettingKey = auth == .password ? .authPassword : .metadataEndpoint
        return text(key) !== before.text(key)
    }

    /// Whether calls are signed with other keys, or with keys from elsewhere.
    func isSigningAnew(since before: Config) -> Bool {
        signingKey.secret !== before.signingKey.secret || isAskingAnew(since: before)
    }

    /// Where a cloud server asks about itself.
    var metadataEndpoint: Text {
        text(.metadataEndpoint) ?? Text(stringLiteral: SettingKey.metadataEndpoint.setting.fallback)
    }
}

/// How calls are authorised, in the order of the setting's words.
package enum AuthKind: Int64, Sendable {
    case token, password, aksk
    /// In a config that is settled: with keys of the metadata service.
    case `default`

    var isSigned: Bool { self == .aksk || self == .default }

    /// Somebody gives what authorises calls for a time, and then anew.
    var isGiven: Bool { self == .password || self == .default }
}
