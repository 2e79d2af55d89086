// SPDX-License-Identifier: Apache-2.0

/// What an attempt to get a page means that brought none. To ask once more never does harm, so
/// whatever may pass is tried again, also where an object could have been stored.
enum LookupVerdict {
    static func of(_ exchange: Exchange, hasRetryAfter: Bool) -> Verdict {
        let facts = Facts(
            ending: exchange.ending, status: exchange.status,
            isBodyOut: exchange.ending.hasBegun || exchange.status > 0,
            hasRetryAfter: hasRetryAfter, reply: shape(exchange))
        let situation = facts.situation
        let verdict = situation.verdict
        let (sign, advice) = words(situation)
        return Verdict(
            sign, next(situation, exchange.ending), .no, verdict.code, advice ?? verdict.advice)
    }

    private static func shape(_ exchange: Exchange) -> ReplyShape {
        if ServiceError.isError(exchange.reply.view) { return .serviceError }
        return exchange.head.isJSON ? .unusable : .page
    }

    private static func next(_ situation: Situation, _ ending: Facts.Ending) -> Verdict.Next {
        let next = situation.verdict.next
        switch next {
        case .retry, .hold, .renew, .block: return next
        case .ambiguous: return .retry
        case .unconfirmed: return ending == .broken || ending == .outOfTime ? .retry : .fail
        case .deliver, .split, .halve, .unconfirmedAndBlock, .fail: return .fail
        }
    }

    /// The table's own words where they are not about objects.
    private static func words(
        _ situation: Situation
    ) -> (sign: StaticString, advice: StaticString?) {
        switch situation {
        case .noReply:
            ("the connection ended without a reply", "look it up again")
        case .replyTimeout:
            ("time ran out without a reply", "look it up again, or allow more time")
        case .badRequest, .conflict, .unprocessable, .tooLarge, .otherClientError:
            ("the service refused the look-up", "see the service's own message")
        case .requestTimeout, .serverError, .badGateway, .unavailable, .unavailableFor,
            .otherServerError:
            (situation.verdict.sign, "look it up again later")
        case .throttled, .throttledFor:
            (situation.verdict.sign, "look up less often; ids can be kept")
        case .replyUnusable, .errorInSuccess:
            ("2xx, but no list", "see the reply; check endpoint")
        default:
            (situation.verdict.sign, nil)
        }
    }
}
