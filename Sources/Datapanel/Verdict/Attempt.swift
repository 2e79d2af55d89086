// SPDX-License-Identifier: Apache-2.0

/// One attempt, judged: what it brought, and what that means.
struct Attempt: ~Copyable {
    let number: Int
    let verdict: Verdict
    let service: ServiceError
    /// In milliseconds.
    let retryAfter: Int64?
    private(set) var exchange: Exchange

    init(_ number: Int, _ exchange: consuming Exchange, _ ids: ItemIds) {
        self.number = number
        retryAfter = exchange.head.retryAfter(now: Clock.unix() / 1_000_000)
        let isSuccess = (200...299).contains(exchange.status)
        let shape =
            isSuccess
            ? ReplyDecoder.decode(exchange.reply.mutableView, isJSON: exchange.head.isJSON, ids)
            : .unusable
        let facts = Facts(
            ending: exchange.ending, status: exchange.status, isBodyOut: exchange.isBodyOut,
            hasRetryAfter: retryAfter != nil, reply: shape)
        verdict = facts.situation.verdict
        let tellsOfError = exchange.status >= 300 || shape == .serviceError
        service = tellsOfError ? ServiceError(exchange.reply.view) : ServiceError()
        self.exchange = exchange
    }

    /// The service names it in a header, its gateway sometimes only in the body.
    var requestId: String? { exchange.head.requestId ?? service.requestId }

    var summary: String {
        "\(exchange.status), \(exchange.reply.count) bytes, request id \(requestId ?? "none"): "
            + "\(verdict.sign)"
    }

    mutating func takeReply() -> Bytes {
        var reply = Bytes()
        swap(&reply, &exchange.reply)
        return reply
    }

    /// What a person and a program are told when it was no success.
    func error(_ url: Text, _ missing: Int, of count: Int) -> DatapanelError {
        DatapanelError(verdict.code, message(url, missing, count))
            .with(.httpStatus, exchange.status > 0 ? "\(exchange.status)" : nil)
            .with(.serverCode, service.code)
            .with(.serverMessage, service.message)
            .with(.requestId, requestId)
            .with(.stored, "\(verdict.stored.name)")
            .with(.attempts, "\(number)")
            .with(.retryAfter, retryAfter.map { "\($0)" })
            .with(.curl, exchange.curlText)
            .with(
                .reply,
                verdict.stored == .maybe ? Excerpt.of(exchange.reply.view, limit: 4_096) : nil)
    }

    private func message(_ url: Text, _ missing: Int, _ count: Int) -> String {
        var text = "POST \(Excerpt.of(url.bytes, limit: 400)): \(verdict.sign)"
        if exchange.status > 0 && !isNamed { text += ", status \(exchange.status)" }
        if let code = service.code { text += ", \(code)" }
        if let message = service.message { text += " \"\(message)\"" }
        if verdict.code == .replyItem { text += ", \(missing) of \(count)" }
        if !exchange.curlText.utf8.isEmpty { text += " (\(exchange.curlText))" }
        if let location = exchange.head.location { text += " to \(location)" }
        if number > 1 { text += ", after \(number) attempts" }
        if let requestId { text += ", request id \(requestId)" }
        return text + "; \(verdict.advice)"
    }

    /// Whether the sign of the situation starts with the status.
    private var isNamed: Bool {
        let sign = UnsafeRawBufferPointer(
            start: verdict.sign.utf8Start, count: min(3, verdict.sign.utf8CodeUnitCount))
        return ASCII.number(sign) == Int64(exchange.status)
    }
}
