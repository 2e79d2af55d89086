// SPDX-License-Identifier: Apache-2.0

/// One submission under way: attempts, until the outcome is final.
struct Call {
    let config: Config
    let url: Text
    let body: Body
    let ids: ItemIds
    /// On the monotonic clock, in milliseconds.
    let deadline: Int64
    let queuedAt = Clock.unix()

    /// Throws only before the first attempt.
    func run(_ transfer: Transfer) throws(DatapanelError) -> Submission {
        let headers = try CallHeaders.make(config)
        var number = 0
        while true {
            number += 1
            let begun = Clock.monotonic()
            let attempt = attempt(number, transfer, headers)
            let ended = Clock.monotonic()
            let decision = ClientRetry.after(
                attempt.verdict, retryAfter: attempt.retryAfter, attempt: number,
                took: ended - begun, left: deadline - ended, backoff: backoff,
                dice: Random.number())
            switch decision {
            case .stop:
                return finish(attempt)
            case .pause(let milliseconds):
                config.log.write(.information, .retry) {
                    "\(attempt.verdict.sign); attempt \(number + 1) in \(milliseconds) ms"
                }
                Clock.sleep(milliseconds: milliseconds)
            }
        }
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
