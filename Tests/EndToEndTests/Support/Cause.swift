// SPDX-License-Identifier: Apache-2.0
import Datapanel
import DatapanelEmulator

/// How a test brings a situation about.
enum Cause {
    /// The emulator does so; each of these leads there.
    case answers([Fault.Effect])
    /// Something stands in the way of the connection.
    case obstacle(() throws -> Trouble)
    /// The name of the host leads nowhere, and nothing can make it lead anywhere.
    case badName
    /// Objects are given up, in each way that there is.
    case givenUp
    /// Time runs out while nobody listens.
    case tooLate
    /// No service and no wire leads there.
    case withinTheProcess
}

extension Situation {
    /// For a request of so many objects.
    func cause(_ size: Int) -> Cause {
        switch self {
        case .resolveFailed: .badName
        case .connectFailed: .obstacle(Trouble.refused)
        case .certificateRefused: .obstacle(Trouble.stranger)
        case .handshakeFailed: .obstacle(Trouble.plain)
        case .proxyRefused: .answers([.reply(status: 407)])
        case .sendBroken: .answers([.drop(.headers, .close), .drop(.headers, .reset)])
        case .noReply:
            .answers([
                .drop(.body, .close), .drop(.body, .reset), .drop(.stored, .close),
                .drop(.stored, .reset),
            ])
        case .replyTimeout: .answers([.stall(), .stall(stores: true)])
        case .noMemory: .withinTheProcess
        case .cancelled: .givenUp
        case .expired: .tooLate
        case .stored: .answers([.none])
        case .itemWithoutId: .answers([Self.reply(Self.ids(size, firstHasNone: true))])
        case .wrongLength:
            .answers([
                .ids(count: size + 1), .ids(count: size - 1), .ids(count: 0), Self.reply("[]"),
            ])
        case .replyUnusable:
            .answers([
                .truncate(bytes: 0), .truncate(bytes: 10), Self.reply(""), Self.reply("[{"),
                .reply(status: 202, body: "7"),
            ])
        case .errorInSuccess:
            .answers([
                Self.reply(#"{"code":"SecMaster.1","message":"no"}"#),
                .reply(status: 200, body: #"{"code":"SecMaster.1","message":"no"}"#),
            ])
        case .pageInSuccess:
            .answers([
                .reply(
                    status: 200, headers: [Header("Content-Type", "text/html")],
                    body: "<html></html>")
            ])
        case .redirect: Self.statuses(301, 302, 307, 308)
        case .badRequest: Self.statuses(400)
        case .unauthorized: Self.statuses(401)
        case .forbidden: Self.statuses(403)
        case .wrongEndpoint: Self.statuses(404, 405, 410, 414, 415, 501, 505)
        case .requestTimeout: Self.statuses(408)
        case .conflict: Self.statuses(409)
        case .tooLarge: Self.statuses(413)
        case .unprocessable: Self.statuses(422)
        case .headersTooLarge: Self.statuses(431, 494)
        case .throttledFor: Self.statuses(429, retryAfter: "1")
        case .throttled: Self.statuses(429)
        case .otherClientError: Self.statuses(402, 406, 418, 451)
        case .serverError: Self.statuses(500, mayStore: true)
        case .badGateway: Self.statuses(502, 504, mayStore: true)
        case .unavailableFor: Self.statuses(503, retryAfter: "1")
        case .unavailable: Self.statuses(503, mayStore: true)
        case .otherServerError: Self.statuses(506, 599, mayStore: true)
        }
    }

    private static func statuses(
        _ statuses: Int..., retryAfter: String? = nil, mayStore: Bool = false
    ) -> Cause {
        let headers = retryAfter.map { [Header("Retry-After", $0)] } ?? []
        return .answers(
            statuses.flatMap { status in
                (mayStore ? [false, true] : [false]).map {
                    .reply(status: status, headers: headers, stores: $0)
                }
            })
    }

    /// A success with this body.
    private static func reply(_ body: String) -> Fault.Effect {
        .reply(status: 200, body: body, stores: true)
    }

    private static func ids(_ count: Int, firstHasNone: Bool) -> String {
        let first = firstHasNone ? #"{"event_id":"e"}"# : #"{"id":"i","event_id":"e"}"#
        let others = [String](repeating: #"{"id":"i","event_id":"e"}"#, count: count - 1)
        return "[" + ([first] + others).joined(separator: ",") + "]"
    }
}
