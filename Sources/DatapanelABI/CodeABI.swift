// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
public import CDatapanel
import Datapanel

extension Code {
    /// The case's number in the header.
    private var constant: Int {
        switch self {
        case .ok: DP_OK
        case .argument: DP_E_ARGUMENT
        case .config: DP_E_CONFIG
        case .json: DP_E_JSON
        case .path: DP_E_PATH
        case .empty: DP_E_EMPTY
        case .tooLarge: DP_E_TOO_LARGE
        case .noMemory: DP_E_NOMEM
        case .file: DP_E_FILE
        case .queueFull: DP_E_QUEUE_FULL
        case .wait: DP_E_WAIT
        case .spool: DP_E_SPOOL
        case .internal: DP_E_INTERNAL
        case .resolve: DP_E_RESOLVE
        case .connect: DP_E_CONNECT
        case .tls: DP_E_TLS
        case .tlsVerify: DP_E_TLS_VERIFY
        case .proxy: DP_E_PROXY
        case .send: DP_E_SEND
        case .noReply: DP_E_NO_REPLY
        case .timeout: DP_E_TIMEOUT
        case .rejected: DP_E_REJECTED
        case .auth: DP_E_AUTH
        case .forbidden: DP_E_FORBIDDEN
        case .endpoint: DP_E_ENDPOINT
        case .throttled: DP_E_THROTTLED
        case .server: DP_E_SERVER
        case .reply: DP_E_REPLY
        case .replyItem: DP_E_REPLY_ITEM
        case .name: DP_E_NAME
        case .forked: DP_E_FORKED
        case .cancelled: DP_E_CANCELLED
        case .expired: DP_E_EXPIRED
        case .closed: DP_E_CLOSED
        }
    }

    package var number: dp_code { dp_code(truncatingIfNeeded: constant) }
}

extension Stored {
    var number: dp_stored {
        switch self {
        case .no: dp_stored(DP_STORED_NO)
        case .maybe: dp_stored(DP_STORED_MAYBE)
        case .yes: dp_stored(DP_STORED_YES)
        }
    }
}

@_cdecl("dp_code_name") @implementation
public func dp_code_name(_ code: dp_code) -> UnsafePointer<CChar>? {
    constant(Code.allCases.first { $0.number == code }?.name ?? "DP_E_UNKNOWN")
}
