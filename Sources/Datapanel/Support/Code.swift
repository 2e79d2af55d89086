// SPDX-License-Identifier: Apache-2.0

/// What a call, or the submission of an object, came to.
///
/// The boundary gives each case its number in the C header; a case without one does not compile.
package enum Code: CaseIterable, Sendable {
    case ok
    case argument, config, json, path, empty, tooLarge
    case noMemory, file, queueFull, wait, spool, `internal`
    case resolve, connect, tls, tlsVerify, proxy, send, noReply, timeout
    case rejected, auth, forbidden, endpoint, throttled, server, reply, replyItem, name
    case forked, cancelled, expired, closed

    /// As the C header names it.
    package var name: StaticString {
        switch self {
        case .ok: "DP_OK"
        case .argument: "DP_E_ARGUMENT"
        case .config: "DP_E_CONFIG"
        case .json: "DP_E_JSON"
        case .path: "DP_E_PATH"
        case .empty: "DP_E_EMPTY"
        case .tooLarge: "DP_E_TOO_LARGE"
        case .noMemory: "DP_E_NOMEM"
        case .file: "DP_E_FILE"
        case .queueFull: "DP_E_QUEUE_FULL"
        case .wait: "DP_E_WAIT"
        case .spool: "DP_E_SPOOL"
        case .internal: "DP_E_INTERNAL"
        case .resolve: "DP_E_RESOLVE"
        case .connect: "DP_E_CONNECT"
        case .tls: "DP_E_TLS"
        case .tlsVerify: "DP_E_TLS_VERIFY"
        case .proxy: "DP_E_PROXY"
        case .send: "DP_E_SEND"
        case .noReply: "DP_E_NO_REPLY"
        case .timeout: "DP_E_TIMEOUT"
        case .rejected: "DP_E_REJECTED"
        case .auth: "DP_E_AUTH"
        case .forbidden: "DP_E_FORBIDDEN"
        case .endpoint: "DP_E_ENDPOINT"
        case .throttled: "DP_E_THROTTLED"
        case .server: "DP_E_SERVER"
        case .reply: "DP_E_REPLY"
        case .replyItem: "DP_E_REPLY_ITEM"
        case .name: "DP_E_NAME"
        case .forked: "DP_E_FORKED"
        case .cancelled: "DP_E_CANCELLED"
        case .expired: "DP_E_EXPIRED"
        case .closed: "DP_E_CLOSED"
        }
    }
}
