// SPDX-License-Identifier: Apache-2.0
import CPosix

/// One request for a token, under way on a transfer of its own.
final class TokenCall {
    let number: Int
    let transfer: Transfer
    private let url: Text
    private let headers: HeaderList
    private var body: Bytes
    private let password: Text?

    init(_ order: TokenState.Order, _ transfer: Transfer) throws(DatapanelError) {
        number = order.number
        self.transfer = transfer
        url = PasswordRequest.url(order.credentials)
        headers = try CallHeaders.make(
            order.credentials, "POST", url, bodyHash: nil, ServiceTime().read(now: 0), nil)
        body = try PasswordRequest.body(order.credentials)
        password = order.credentials.text(.authPassword)
    }

    deinit { body.wipe() }

    func begin(_ config: Config, timeout: Int64) {
        transfer.begin(
            url, headers, BodyPieces(whole: body.view), config: config, timeout: timeout)
    }

    /// What it came to.
    func answer(_ exchange: borrowing Exchange, _ config: Config) -> TokenState.Answer {
        let answer = read(exchange)
        switch answer {
        case .proof(_, let life):
            config.log.write(.debug, .conn, debugAreas: config.number(.debug)) {
                "a new token from IAM, for \(life / 1_000) s"
            }
        case .failure(_, let error, _):
            config.log.write(.warning, .retry) { error.message }
        }
        return answer
    }

    private func read(_ exchange: borrowing Exchange) -> TokenState.Answer {
        if (200...299).contains(exchange.status), let token = exchange.head.subjectToken {
            return .proof(.token(token), life: PasswordRequest.life(exchange.reply.view))
        }
        let situation = Facts(
            ending: exchange.ending, status: exchange.status, isBodyOut: exchange.isBodyOut,
            reply: exchange.head.isJSON ? .unusable : .page
        ).situation
        let failure = Self.failure(situation.verdict, exchange.status)
        let retryAfter = exchange.head.retryAfter(now: Clock.seconds())
        return .failure(failure, error(failure, situation, exchange), retryAfter: retryAfter)
    }

    /// To ask for a token once more does no harm: what is ambiguous for objects is not so here.
    private static func failure(_ verdict: Verdict, _ status: Int32) -> TokenState.Failure {
        switch verdict.next {
        case .retry, .hold, .ambiguous: .passing
        case .deliver, .renew, .split, .halve, .block, .unconfirmed, .unconfirmedAndBlock, .fail:
            (400...499).contains(status) && status != 407 ? .refused : .standing
        }
    }

    private func error(
        _ failure: TokenState.Failure, _ situation: Situation, _ exchange: borrowing Exchange
    ) -> DatapanelError {
        let verdict = situation.verdict
        let service = ServiceError(exchange.reply.view)
        let requestId = exchange.head.requestId ?? service.requestId
        let text = TextBuilder()
        text.append("no token from IAM: POST \(Excerpt.of(url.bytes, limit: 400)): ")
        text.append(exchange.status > 0 ? "status \(exchange.status)" : "\(verdict.sign)")
        if let code = service.code { text.append(", \(code)") }
        if let message = service.message { text.append(" \"\(shown(message))\"") }
        if let curlText = exchange.curlText { text.append(" (\(curlText))") }
        if let requestId { text.append(", request id \(requestId)") }
        text.append("; \(Self.advice(failure))")
        return DatapanelError(Self.code(failure, verdict), text.text)
            .with(.httpStatus, exchange.status > 0 ? "\(exchange.status)" : nil)
            .with(.serverCode, service.code)
            .with(.serverMessage, service.message.map(shown))
            .with(.requestId, requestId)
            .with(.stored, "\(Stored.no.name)")
            .with(.curl, exchange.curlText)
    }

    private static func advice(_ failure: TokenState.Failure) -> StaticString {
        switch failure {
        case .passing: "it is tried again; check iam.endpoint if this stays so"
        case .standing: "check iam.endpoint, proxy and tls.ca_file"
        case .refused:
            """
            check auth.user, auth.domain, project.id, and set the right auth.password: it is \
            tried at once then, but else not for 5 minutes, as IAM locks users out
            """
        }
    }

    private static func code(_ failure: TokenState.Failure, _ verdict: Verdict) -> Code {
        if failure == .refused { return .auth }
        // The codes of doubtful outcomes are about objects.
        if verdict.stored == .no { return verdict.code }
        return failure == .passing ? .server : .endpoint
    }

    /// Something in IAM's place could send back what it was sent.
    private func shown(_ message: Text) -> Text {
        guard let password else { return message }
        let echoes = dpx_contains(
            message.pointer, message.count, password.pointer, password.count)
        return echoes != 0 ? "[redacted]" : message
    }
}
