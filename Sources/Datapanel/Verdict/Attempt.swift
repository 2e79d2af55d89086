// SPDX-License-Identifier: Apache-2.0

/// One attempt, judged: what it brought, and what that means. A class, as `Exchange` is.
final class Attempt {
    let method: StaticString
    let number: Int
    let verdict: Verdict
    let service: ServiceError
    /// In milliseconds.
    let retryAfter: Int64?
    private(set) var exchange: Exchange

    /// Of a page of a list that is no such page.
    init(_ number: Int, lookup exchange: Exchange) {
        method = "GET"
        self.number = number
        retryAfter = exchange.head.retryAfter(now: Clock.seconds())
        verdict = LookupVerdict.of(exchange, hasRetryAfter: retryAfter != nil)
        service = ServiceError(exchange)
        self.exchange = exchange
    }

    /// Of a request to somebody who gives tokens or keys.
    init(_ method: StaticString, asking exchange: Exchange) {
        self.method = method
        number = 0
        retryAfter = exchange.head.retryAfter(now: Clock.seconds())
        verdict =
            Facts(
                ending: exchange.ending, status: exchange.status,
                isBodyOut: exchange.status > 0
                    || exchange.isBodyOut && exchange.ending.hasBegun,
                reply: exchange.head.isJSON ? .unusable : .page
            ).situation.verdict
        service = ServiceError(exchange)
        self.exchange = exchange
    }

    init(_ number: Int, _ exchange: Exchange, _ ids: ItemIds) {
        method = "POST"
        self.number = number
        retryAfter = exchange.head.retryAfter(now: Clock.seconds())
        let isSuccess = (200...299).contains(exchange.status)
        let shape =
            isSuccess
            ? ReplyDecoder.decode(exchange.reply.view, isJSON: exchange.head.isJSON, ids)
            : .unusable
        let facts = Facts(
            ending: exchange.ending, status: exchange.status, isBodyOut: exchange.isBodyOut,
            hasRetryAfter: retryAfter != nil, reply: shape)
        verdict = facts.situation.verdict
        let tellsOfError = exchange.status >= 300 || shape == .serviceError
        service = tellsOfError ? ServiceError(exchange) : ServiceError()
        self.exchange = exchange
    }

    /// The service names it in a header, its gateway sometimes only in the body.
    var requestId: Text? { exchange.shown(exchange.head.requestId) ?? service.requestId }

    var summary: Text {
        """
        \(exchange.status), \(exchange.reply.count) bytes, request id \(requestId ?? "none"): \
        \(verdict.sign)
        """
    }

    func takeReply() -> Bytes {
        var reply = Bytes()
        swap(&reply, &exchange.reply)
        return reply
    }
}
