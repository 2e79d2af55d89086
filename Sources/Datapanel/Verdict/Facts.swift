// SPDX-License-Identifier: Apache-2.0

/// What is known of an attempt, reduced to what its judgement needs.
package struct Facts {
    package var ending: Ending
    /// 0 when no status line arrived.
    package var status: Int32
    /// Whether libcurl took the last byte of the body. While it did not, no server can hold a
    /// complete request; from then on one may.
    package var isBodyOut: Bool
    package var hasRetryAfter: Bool
    package var reply: ReplyShape

    package init(
        ending: Ending = .complete, status: Int32 = 0, isBodyOut: Bool = true,
        hasRetryAfter: Bool = false, reply: ReplyShape = .unusable
    ) {
        self.ending = ending
        self.status = status
        self.isBodyOut = isBodyOut
        self.hasRetryAfter = hasRetryAfter
        self.reply = reply
    }

    /// How the transfer ended, whatever the server said.
    package enum Ending: Sendable {
        case complete
        case unresolved, unconnected, badCertificate, badHandshake, badProxy
        case broken, outOfTime, outOfMemory, replyTooLarge

        /// Whether a request may have reached the service, that has no body to tell it by.
        var hasBegun: Bool {
            switch self {
            case .complete, .broken, .outOfTime, .replyTooLarge: true
            case .unresolved, .unconnected, .badCertificate, .badHandshake, .badProxy,
                .outOfMemory:
                false
            }
        }
    }

    @inline(never)
    package var situation: Situation {
        if ending == .badProxy || status == 407 { return .proxyRefused }
        if status == 0 { return withoutStatus }
        // An answer that came before the body was out cannot be about stored objects.
        if status >= 500 && !isBodyOut && !hasRetryAfter { return .sendBroken }
        switch status {
        case 200...299: return success
        case 300...399: return .redirect
        case 400: return .badRequest
        case 401: return .unauthorized
        case 403: return .forbidden
        case 404, 405, 410, 414, 415, 501, 505: return .wrongEndpoint
        case 408: return .requestTimeout
        case 409: return .conflict
        case 413: return .tooLarge
        case 422: return .unprocessable
        case 429: return hasRetryAfter ? .throttledFor : .throttled
        case 431, 494: return .headersTooLarge
        case 500: return .serverError
        case 502, 504: return .badGateway
        case 503: return hasRetryAfter ? .unavailableFor : .unavailable
        case 402...499: return .otherClientError
        case 500...599: return .otherServerError
        default: return isBodyOut ? .noReply : .sendBroken
        }
    }

    private var withoutStatus: Situation {
        if isBodyOut { return ending == .outOfTime ? .replyTimeout : .noReply }
        switch ending {
        case .unresolved: return .resolveFailed
        case .unconnected: return .connectFailed
        case .badCertificate: return .certificateRefused
        case .badHandshake: return .handshakeFailed
        case .badProxy: return .proxyRefused
        case .outOfMemory: return .noMemory
        case .complete, .broken, .outOfTime, .replyTooLarge: return .sendBroken
        }
    }

    private var success: Situation {
        if reply == .page { return .pageInSuccess }
        guard ending == .complete else { return .replyUnusable }
        switch reply {
        case .complete: return .stored
        case .missingIds: return .itemWithoutId
        case .wrongLength: return .wrongLength
        case .serviceError: return .errorInSuccess
        case .page: return .pageInSuccess
        case .unusable: return .replyUnusable
        }
    }
}

/// What the reply of a 2xx turned out to be.
package enum ReplyShape: Equatable, Sendable {
    /// One result for each object, each with an id.
    case complete
    /// One result for each object, but some without an id.
    case missingIds
    /// A list of another length than the request's. Its positions mean nothing.
    case wrongLength(Int)
    /// An object that tells of an error.
    case serviceError
    /// Not JSON at all, and not said to be.
    case page
    case unusable
}
