// SPDX-License-Identifier: Apache-2.0

extension Attempt {
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
