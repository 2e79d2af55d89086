// SPDX-License-Identifier: Apache-2.0

/// One submission under way: attempts, until the outcome is final.
struct Call {
    let config: Config
    let url: Text
    let body: Body
    /// Where calls are signed.
    let bodyHash: Text?
    let ids: ItemIds
    let serviceTime: Lock<ServiceTime>
    /// Where IAM gives them.
    let tokens: TokenSource?
    /// On the monotonic clock, in milliseconds.
    let deadline: Int64
    let queuedAt = Clock.unix()

    /// Throws only before the first attempt.
    func run(_ transfer: Transfer) throws(DatapanelError) -> Submission {
        var pass = try authorize(transfer)
        var number = 0
        var wasRenewed = false
        while true {
            number += 1
            let begun = Clock.monotonic()
            let attempt = attempt(number, transfer, pass.headers)
            let ended = Clock.monotonic()
            let isRenewed = isRenewed(attempt, pass, wasRenewed: wasRenewed)
            if isRenewed { wasRenewed = true }
            let decision = ClientRetry.after(
                attempt.verdict, isRenewed: isRenewed, retryAfter: attempt.retryAfter,
                attempt: number, took: ended - begun, left: deadline - ended,
                backoff: config.backoff,
                dice: Random.number())
            guard case .pause(let milliseconds) = decision else { return finish(attempt) }
            config.log.write(.information, .retry) {
                "\(attempt.verdict.sign); attempt \(number + 1) in \(milliseconds) ms"
            }
            Clock.sleep(milliseconds: milliseconds)
            do throws(DatapanelError) {
                pass = try authorize(transfer)
            } catch {
                return finish(attempt, without: error)
            }
        }
    }

    /// What shows who sends an attempt.
    private struct Pass: ~Copyable {
        let signedAt: ServiceTime.Reading
        let token: TokenState.Token?
        let headers: HeaderList
    }

    /// Signatures are good for minutes only and tokens end, so each attempt has a pass of its own.
    private func authorize(_ transfer: Transfer) throws(DatapanelError) -> Pass {
        let token = try tokens?.token(transfer, until: deadline)
        let time = serviceTime.with { $0.read(now: Clock.seconds()) }
        let headers = try CallHeaders.make(
            config, url, bodyHash: bodyHash, time, token: token?.text)
        return Pass(signedAt: time, token: token, headers: headers)
    }

    private func isRenewed(
        _ attempt: borrowing Attempt, _ pass: borrowing Pass, wasRenewed: Bool
    ) -> Bool {
        if let tokens, let token = pass.token {
            return tokens.answered(token, attempt.verdict, hasRenewed: wasRenewed)
        }
        guard config.auth == .aksk, !wasRenewed else { return false }
        return serviceTime.with { $0.answered(attempt, to: pass.signedAt, log: config.log) }
    }

    private func attempt(
        _ number: Int, _ transfer: Transfer, _ headers: borrowing HeaderList
    ) -> Attempt {
        let left = max(1, deadline - Clock.monotonic())
        let areas = config.number(.debug)
        config.log.write(.debug, .wire, debugAreas: areas) {
            "POST \(Excerpt.of(url.bytes, limit: 400)), \(body.count) bytes"
        }
        let exchange = transfer.post(url, headers, body.pieces, config: config, timeout: left)
        let attempt = Attempt(number, exchange, ids)
        config.log.write(.debug, .conn, debugAreas: areas) { transfer.connectionSummary }
        config.log.write(.debug, .wire, debugAreas: areas) { attempt.summary }
        return attempt
    }

    /// `trouble` is what kept another attempt from being made.
    private func finish(
        _ attempt: consuming Attempt, without trouble: DatapanelError? = nil
    ) -> Submission {
        let error = trouble?.with(.attempts, "\(attempt.number)") ?? attempt.error(url, ids)
        var outcome = attempt.outcome(error)
        if let trouble { outcome.code = trouble.code }
        let reports = Reports(outcome, ids, attempt.takeReply(), body.store, queuedAt: queuedAt)
        return Submission(reports: reports, error: error)
    }
}
