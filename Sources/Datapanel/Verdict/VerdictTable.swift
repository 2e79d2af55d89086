// SPDX-License-Identifier: Apache-2.0

/// Everything that can come of an attempt. HTTP/2's REFUSED_STREAM has no case of its own: libcurl
/// repeats such a stream by itself while no byte of the body was taken, and afterwards it looks
/// like any broken connection.
package enum Situation: CaseIterable, Sendable {
    case resolveFailed, connectFailed, certificateRefused, handshakeFailed, proxyRefused
    case sendBroken, noReply, replyTimeout, noMemory, cancelled, expired
    case stored, itemWithoutId, wrongLength, replyUnusable, errorInSuccess, pageInSuccess
    case redirect
    case badRequest, unauthorized, forbidden, wrongEndpoint, requestTimeout, conflict
    case tooLarge, unprocessable, headersTooLarge, throttledFor, throttled, otherClientError
    case serverError, badGateway, unavailableFor, unavailable, otherServerError

    /// The one table: for each situation what happens next, whether the service could hold the
    /// objects, what the caller is told, and what a person can do.
    package var verdict: Verdict {
        switch self {
        case .resolveFailed:
            Verdict(
                "the host name has no address", .retry, .no, .resolve,
                "check endpoint (or proxy) and the name service")
        case .connectFailed:
            Verdict(
                "no connection to the host", .retry, .no, .connect,
                "check endpoint, the network and its firewalls")
        case .certificateRefused:
            Verdict(
                "the server's certificate was refused", .block, .no, .tlsVerify,
                "check endpoint, the clock and tls.ca_file")
        case .handshakeFailed:
            Verdict(
                "the TLS handshake broke off", .retry, .no, .tls,
                "check that endpoint speaks TLS 1.2 or later")
        case .proxyRefused:
            Verdict(
                "the proxy refused to connect", .block, .no, .proxy,
                "check proxy and its credentials")
        case .sendBroken:
            Verdict(
                "the connection broke before the whole body was out", .retry, .no, .send,
                "send again; nothing was stored")
        case .noReply:
            Verdict(
                "the connection ended after the whole body, without a reply", .ambiguous, .maybe,
                .noReply, "look the objects up before sending them again")
        case .replyTimeout:
            Verdict(
                "time ran out after the whole body, without a reply", .ambiguous, .maybe, .timeout,
                "look the objects up before sending them again, or allow more time")
        case .noMemory:
            Verdict(
                "out of memory before anything was sent", .fail, .no, .noMemory,
                "free some memory and send again")
        case .cancelled:
            Verdict("given up on request", .fail, .no, .cancelled, "send again when wanted")
        case .expired:
            Verdict(
                "not delivered within its time", .fail, .no, .expired,
                "see the last cause; allow more time")
        case .stored:
            Verdict(
                "2xx and an id for every object", .deliver, .yes, .ok, "nothing to do")
        case .itemWithoutId:
            Verdict(
                "2xx, but no id for some object", .unconfirmed, .maybe, .replyItem,
                "look that object up before sending it again")
        case .wrongLength:
            Verdict(
                "2xx, but not one result for each object", .unconfirmed, .maybe, .reply,
                "look the objects up; an empty list can mean that request.list_field is wrong")
        case .replyUnusable:
            Verdict(
                "2xx, but a reply that cannot be read", .unconfirmed, .maybe, .reply,
                "look the objects up before sending them again")
        case .errorInSuccess:
            Verdict(
                "2xx, but an error in place of results", .unconfirmedAndBlock, .maybe, .reply,
                "see the service's own message; look the objects up")
        case .pageInSuccess:
            Verdict(
                "a page in place of the service's reply", .unconfirmedAndBlock, .maybe, .endpoint,
                "something answers in the service's place: check endpoint, proxy and any portal")
        case .redirect:
            Verdict(
                "a redirect, which is never followed", .block, .no, .endpoint,
                "check endpoint; the service itself does not redirect")
        case .badRequest:
            Verdict(
                "400: the service refused the objects", .split, .no, .rejected,
                "see the service's own message; mend the objects, the ids or the envelope")
        case .unauthorized:
            Verdict(
                "401: the credentials were refused", .renew, .no, .auth,
                "set a valid auth.token or auth.password, or the right keys; tokens live 24 hours")
        case .forbidden:
            Verdict(
                "403: not allowed", .block, .no, .forbidden,
                "check the user's permissions, the quota, and project.id and workspace.id")
        case .wrongEndpoint:
            Verdict(
                "no such route or method at this address", .block, .no, .endpoint,
                "check endpoint, project.id, workspace.id and the target")
        case .requestTimeout:
            Verdict(
                "408: the service did not get the whole request", .retry, .no, .server,
                "send again; nothing was stored")
        case .conflict:
            Verdict(
                "409: the service found a conflict", .split, .no, .rejected,
                "see the service's own message")
        case .tooLarge:
            Verdict(
                "413: the body is too large for the service", .halve, .no, .tooLarge,
                "send fewer objects in a request")
        case .unprocessable:
            Verdict(
                "422: the service refused the objects", .split, .no, .rejected,
                "see the service's own message; mend the objects")
        case .headersTooLarge:
            Verdict(
                "the service finds the headers too large", .block, .no, .endpoint,
                "the token may be too long for the gateway; ask for one without a catalogue")
        case .throttledFor:
            Verdict(
                "429: too many calls, with a time to wait", .hold, .no, .throttled,
                "send less often, or more objects in a request")
        case .throttled:
            Verdict(
                "429: too many calls", .retry, .no, .throttled,
                "send less often, or more objects in a request")
        case .otherClientError:
            Verdict(
                "another 4xx: the service refused the call", .split, .no, .rejected,
                "see the service's own message")
        case .serverError:
            Verdict(
                "500: the service failed", .ambiguous, .maybe, .server,
                "look the objects up before sending them again")
        case .badGateway:
            Verdict(
                "the gateway lost the service", .ambiguous, .maybe, .server,
                "look the objects up before sending them again")
        case .unavailableFor:
            Verdict(
                "503: unavailable, with a time to wait", .hold, .no, .server,
                "send again later; nothing was stored")
        case .unavailable:
            Verdict(
                "503: unavailable", .ambiguous, .maybe, .server,
                "look the objects up before sending them again")
        case .otherServerError:
            Verdict(
                "another 5xx: the service failed", .ambiguous, .maybe, .server,
                "look the objects up before sending them again")
        }
    }
}
