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
    /// On the monotonic clock, in milliseconds.
    let deadline: Int64
    let queuedAt = Clock.unix()

    /// Throws only before the first attempt.
    func run(_ transfer: Transfer) throws(DatapanelError) -> Submission {
        var signedAt = time
        var headers = try headers(signedAt)
        var number = 0
        var wasRenewed = false
        while true {
            number += 1
            let begun = Clock.monotonic()
            let attempt = attempt(number, transfer, headers)
            let ended = Clock.monotonic()
            let isRenewed = !wasRenewed && isRenewed(attempt, signedAt)
            if isRenewed { wasRenewed = true }
            let decision = ClientRetry.after(
                attempt.verdict, isRenewed: isRenewed, retryAfter: attempt.retryAfter,
                attempt: number, took: ended - begun, left: deadline - ended, backoff: backoff,
                dice: Random.number())
            guard case .pause(let milliseconds) = decision else { return finish(attempt) }
            config.log.write(.information, .retry) {
                "\(attempt.verdict.sign); attempt \(number + 1) in \(milliseconds) ms"
            }
            Clock.sleep(milliseconds: milliseconds)
            signedAt = time
            do throws(DatapanelError) {
                headers = try self.headers(signedAt)
            } catch {
                return finish(attempt)
            }
        }
    }

    private var time: ServiceTime.Reading { serviceTime.with { $0.read(now: Clock.seconds()) } }

    /// Signatures are good for minutes only, so each attempt has one of its own.
    private func headers(_ time: ServiceTime.Reading) throws(DatapanelError) -> HeaderList {
        try CallHeaders.make(config, url, bodyHash: bodyHash, time)
    }

    private func isRenewed(_ attempt: borrowing Attempt, _ signedAt: ServiceTime.Reading) -> Bool {
        guard config.auth == .aksk else { return false }
        return serviceTime.with { $0.answered(attempt, to: signedAt, log: config.log) }
    }

    private var backoff: Backoff {
        Backoff(base: config.number(.backoffBase), cap: config.number(.backoffCap))
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

    private func finish(_ attempt: consuming Attempt) -> Submission {
        let error = attempt.error(url, ids)
        let outcome = attempt.outcome(error)
        let reports = Reports(outcome, ids, attempt.takeReply(), body.store, queuedAt: queuedAt)
        return Submission(reports: reports, error: error)
    }
}
