// SPDX-License-Identifier: Apache-2.0

extension Attempt {
    /// What came of it for all objects together.
    func outcome(_ error: DatapanelError?) -> Outcome {
        var outcome = Outcome()
        outcome.code = verdict.code
        outcome.stored = verdict.stored
        outcome.httpStatus = exchange.status
        outcome.attempts = UInt32(truncatingIfNeeded: number)
        outcome.finishedAt = Clock.unix()
        outcome.requestId = requestId
        outcome.serverCode = service.code
        outcome.message = error?.message
        return outcome
    }

    /// What a person and a program are told; nil when all objects have their ids.
    func error(_ url: Text, _ ids: ItemIds?) -> DatapanelError? {
        guard verdict.code != .ok else { return nil }
        return details(of: DatapanelError(verdict.code, message("", url, ids, verdict.advice)))
            .with(.attempts, "\(number)")
            .with(.stored, "\(verdict.stored.name)")
            .with(
                .reply,
                verdict.stored == .maybe || verdict.code == .reply
                    ? exchange.shown(Excerpt.of(exchange.reply.view, limit: 4_096)) : nil)
    }

    /// As `error` of what was to authorise a call, and did not come.
    func trouble(
        _ opening: Text, _ url: Text, _ code: Code, _ advice: StaticString
    ) -> DatapanelError {
        details(of: DatapanelError(code, message(opening, url, nil, advice)))
            .with(.stored, "\(Stored.no.name)")
    }

    private func details(of error: DatapanelError) -> DatapanelError {
        error
            .with(.httpStatus, exchange.status > 0 ? "\(exchange.status)" : nil)
            .with(.serverCode, service.code)
            .with(.serverMessage, service.message)
            .with(.requestId, requestId)
            .with(.retryAfter, retryAfter.map { "\($0)" })
            .with(.curl, exchange.shown(exchange.curlText))
    }

    private func message(
        _ opening: Text, _ url: Text, _ ids: ItemIds?, _ advice: StaticString
    ) -> Text {
        var text = TextBuilder()
        text.append("\(opening)\(method) \(Excerpt.of(url.bytes, limit: 400)): \(verdict.sign)")
        if exchange.status > 0 && !isNamed { text.append(", status \(exchange.status)") }
        if let code = service.code { text.append(", \(code)") }
        if let message = service.message { text.append(" \"\(message)\"") }
        if verdict.code == .replyItem, let ids {
            text.append(", \(ids.missingCount) of \(ids.capacity)")
        }
        if let curlText = exchange.shown(exchange.curlText) { text.append(" (\(curlText))") }
        if let location = exchange.shown(exchange.head.location) {
            text.append(" to \(location)")
        }
        if number > 1 { text.append(", after \(number) attempts") }
        if let requestId { text.append(", request id \(requestId)") }
        text.append("; \(advice)")
        return text.finish()
    }

    /// Whether the sign of the situation starts with the status.
    private var isNamed: Bool {
        let sign = UnsafeRawBufferPointer(
            start: verdict.sign.utf8Start, count: min(3, verdict.sign.utf8CodeUnitCount))
        return ASCII.number(sign) == Int64(exchange.status)
    }
}
