// SPDX-License-Identifier: Apache-2.0

/// A look-up on the caller's thread: page after page, and attempts for each until there is an
/// answer or no more time.
struct Lookup {
    private let passes: Passes
    private var config: Config { passes.config }

    init(_ passes: Passes) {
        self.passes = passes
    }

    func run(_ walk: LookupWalk, _ transfer: Transfer) throws(DatapanelError) -> Text {
        while true {
            let url = try walk.url(config)
            do throws(DatapanelError) {
                let page = try page(url, walk.kind, transfer)
                if let id = try walk.take(page, config) { return id }
            } catch {
                guard walk.isSuggesting, error.code != .name else { throw error }
                config.log.write(.information, .retry) { error.message }
                throw walk.nothing(config)
            }
        }
    }

    private func page(
        _ url: Text, _ kind: LookupKind, _ transfer: Transfer
    ) throws(DatapanelError) -> LookupPage {
        var number = 0
        var wasRenewed = false
        while true {
            number += 1
            let begun = Clock.monotonic()
            let pass = try passes.next("GET", url, bodyHash: nil, transfer)
            tell { "GET \(Excerpt.of(url.bytes, limit: 400))" }
            let exchange = transfer.get(
                url, pass.headers, config: config, timeout: max(1, passes.deadline - begun))
            let ended = Clock.monotonic()
            if let page = LookupPage(exchange, kind) {
                tell { "\(exchange.status), \(page.count) \(kind.list)" }
                return page
            }
            let attempt = Attempt(number, lookup: exchange)
            tell { attempt.summary }
            let isRenewed = passes.isRenewed(attempt, pass, wasRenewed: wasRenewed)
            if isRenewed { wasRenewed = true }
            let decision = ClientRetry.after(
                attempt.verdict, isRenewed: isRenewed, retryAfter: attempt.retryAfter,
                attempt: number,
                took: ended - begun, left: passes.deadline - ended, backoff: config.backoff,
                dice: Random.number())
            guard case .pause(let milliseconds) = decision else {
                throw attempt.error(url, nil) ?? DatapanelError(.reply, attempt.summary)
            }
            config.log.write(.information, .retry) {
                "\(attempt.verdict.sign); attempt \(number + 1) in \(milliseconds) ms"
            }
            Clock.sleep(milliseconds: milliseconds)
        }
    }

    private func tell(_ message: () -> Text) {
        config.log.write(.debug, .wire, debugAreas: config.number(.debug), message)
    }
}
