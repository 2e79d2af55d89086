// SPDX-License-Identifier: Apache-2.0

/// Every setting there is. `setting` is the one table that reading, checking, documents and the
/// bindings are made from.
package enum SettingKey: Int, CaseIterable, Sendable {
    case endpoint, projectId, workspaceId
    case auth, authToken
    case listField
    case requestTimeout, connectTimeout, stallTimeout, backoffBase, backoffCap, replyBytes
    case proxy, tlsCaFile, tlsVerify, http2
    case debug

    package var setting: Setting {
        switch self {
        case .endpoint:
            Setting(
                "endpoint", .endpoint, needed: true,
                doc: """
                    Where the service is, for example \
                    https://secmaster.ap-southeast-3.myhuaweicloud.com.
                    """)
        case .projectId:
            Setting(
                "project.id", .pathPart, needed: true,
                doc: "The id of the project.")
        case .workspaceId:
            Setting(
                "workspace.id", .pathPart, needed: true,
                doc: "The id of the workspace.")
        case .auth:
            Setting(
                "auth", .choice(["token"]), "token",
                doc: """
                    How calls are authorised. token: with an IAM user token, given as \
                    auth.token.
                    """)
        case .authToken:
            Setting(
                "auth.token", .secret, runtime: true,
                doc: """
                    The IAM token of a user with access to the project, sent as \
                    X-Auth-Token. It lives 24 hours.
                    """)
        case .listField:
            Setting(
                "request.list_field", .choice(["data_object", "data_object_list"]), "data_object",
                doc: """
                    The name of the array of objects in the body; revisions of the service \
                    differ in it.
                    """)
        case .requestTimeout:
            Setting(
                "request.timeout", .duration(1...86_400_000), "30s", runtime: true,
                doc: """
                    How long a submission may take when the call sets no bound of its own: \
                    attempts and pauses together.
                    """)
        case .connectTimeout:
            Setting(
                "connect.timeout", .duration(1...600_000), "10s", runtime: true,
                doc: """
                    How long name lookup, connection and TLS handshake may take together, \
                    each attempt.
                    """)
        case .stallTimeout:
            Setting(
                "stall.timeout", .duration(1_000...600_000), "15s",
                doc: """
                    An upload that has moved less than 1 KiB a second for this long is \
                    broken off.
                    """)
        case .backoffBase:
            Setting(
                "backoff.base", .duration(1...60_000), "500ms", runtime: true,
                doc: """
                    The bound of the first pause before another attempt; it doubles with \
                    each. The pause is a random part of it.
                    """)
        case .backoffCap:
            Setting(
                "backoff.cap", .duration(1...600_000), "30s", runtime: true,
                doc: "The longest pause before another attempt.")
        case .replyBytes:
            Setting(
                "reply.bytes", .size(1_024...67_108_864), "4MiB",
                doc: "The largest reply that is read; a larger one cannot be used.")
        case .proxy:
            Setting(
                "proxy", .text,
                doc: """
                    The URL of a proxy, for example http://proxy.example.com:3128. Empty: \
                    none, whatever the environment says. environment: as http_proxy, \
                    https_proxy and no_proxy say.
                    """)
        case .tlsCaFile:
            Setting(
                "tls.ca_file", .text,
                doc: """
                    A PEM file with the certificates to trust in place of the system's.
                    """)
        case .tlsVerify:
            Setting(
                "tls.verify", .flag, "true",
                doc: """
                    Whether the server's certificate and name are checked. false is for \
                    tests only.
                    """)
        case .http2:
            Setting(
                "http2", .flag, "true",
                doc: "Whether HTTP/2 is used when the server offers it over TLS.")
        case .debug:
            Setting(
                "debug", .choices(["conn", "retry", "wire"]), runtime: true,
                doc: "The areas whose debug lines go to the log.")
        }
    }

    package static func named(_ name: UnsafeRawBufferPointer) -> SettingKey? {
        allCases.first { ASCII.equal(name, $0.setting.key) }
    }

    /// The key that a mistyped name most likely meant.
    package static func nearest(to name: UnsafeRawBufferPointer) -> SettingKey {
        var best = SettingKey.endpoint
        var bestDistance = Int.max
        for key in allCases {
            let distance = EditDistance.between(name, keyOrLastWord: key.setting.key)
            if distance < bestDistance {
                best = key
                bestDistance = distance
            }
        }
        return best
    }
}
