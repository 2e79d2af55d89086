// SPDX-License-Identifier: Apache-2.0

/// One submission under way: attempts, until the outcome is final.
struct Call {
    let passes: Passes
    let url: Text
    let body: Body
    /// Where calls are signed.
    let bodyHash: Text?
    let ids: ItemIds
    let queuedAt = Clock.unix()

    private var config: Config { passes.config }

    /// Throws only before the first attempt.
    func run(_ transfer: Transfer) throws(DatapanelError) -> Submission {
        var pass = try passes.next("POST", url, bodyHash: bodyHash, transfer)
        var number = 0
        var wasRenewed = false
        while true {
            number += 1
            let begun = Clock.monotonic()
            let attempt = attempt(number, transfer, pass.headers)
            let ended = Clock.monotonic()
            let isRenewed = passes.isRenewed(attempt, pass, wasRenewed: wasRenewed)
            if isRenewed { wasRenewed = true }
            let decision = ClientRetry.after(
                attempt.verdict, isRenewed: isRenewed, retryAfter: attempt.retryAfter,
                attempt: number, took: ended - begun, left: passes.deadline - ended,
                backoff: config.backoff, dice: Random.number())
            guard case .pause(let milliseconds) = decision else { return finish(attempt) }
            config.log.write(.information, .retry) {
                "\(attempt.verdict.sign); attempt \(number + 1) in \(milliseconds) ms"
            }
            Clock.sleep(milliseconds: milliseconds)
            do throws(DatapanelError) {
                pass = try passes.next("POST", url, bodyHash: bodyHash, transfer)
            } catch {
                return finish(attempt, without: error)
            }
        }
    }

    private func attempt(
        _ number: Int, _ transfer: Transfer, _ headers: HeaderList
    ) -> Attempt {
        let left = max(1, passes.deadline - Clock.monotonic())
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
        _ attempt: Attempt, without trouble: DatapanelError? = nil
    ) -> Submission {
        let error = trouble?.with(.attempts, "\(attempt.number)") ?? attempt.error(url, ids)
        var outcome = attempt.outcome(error)
        if let trouble { outcome.code = trouble.code }
        let reports = Reports(outcome, ids, attempt.takeReply(), body.store, queuedAt: queuedAt)
        return Submission(reports: reports, error: error)
    }
}
