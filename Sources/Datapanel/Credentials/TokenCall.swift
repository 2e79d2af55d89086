// SPDX-License-Identifier: Apache-2.0

/// A request that asks IAM for a token.
final class TokenCall: IssuerCall {
    private let url: Text
    private let headers: HeaderList
    private var body: Bytes
    private let password: Text?

    init(_ order: TokenState.Order, _ transfer: Transfer) throws(DatapanelError) {
        url = PasswordRequest.url(order.credentials)
        headers = try CallHeaders.make(
            order.credentials, "POST", url, bodyHash: nil, ServiceTime().read(now: 0), nil)
        body = try PasswordRequest.body(order.credentials)
        password = order.credentials.text(.authPassword)
        super.init(order, transfer, isDirect: false)
    }

    deinit { body.wipe() }

    override func begin(_ config: Config, timeout: Int64) {
        transfer.begin(
            url, headers, BodyPieces(whole: body.view), config: config, timeout: timeout)
    }

    override func answer(
        _ exchange: Exchange, _ config: Config
    ) -> TokenState.Answer? {
        if (200...299).contains(exchange.status), let token = exchange.head.subjectToken {
            let life = PasswordRequest.life(exchange.reply.view)
            config.log.write(.debug, .auth, debugAreas: config.number(.debug)) {
                "a new token from IAM, for \(life / 1_000) s"
            }
            return .proof(.token(token), life: life)
        }
        exchange.secret = password
        let attempt = Attempt("POST", asking: exchange)
        let failure = Self.failure(attempt.verdict, attempt.exchange.status)
        let error = attempt.trouble(
            "no token from IAM: ", url, failure.code(attempt.verdict), Self.advice(failure))
        config.log.write(.warning, .retry) { error.message }
        return .failure(failure, error, retryAfter: attempt.retryAfter)
    }

    private static func failure(_ verdict: Verdict, _ status: Int32) -> TokenState.Failure {
        if TokenState.Failure.isPassing(verdict) { return .passing }
        return (400...499).contains(status) && status != 407 ? .refused : .standing
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
}
