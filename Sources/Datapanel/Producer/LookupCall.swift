// SPDX-License-Identifier: Apache-2.0

/// A request for a page of a look-up, under way on a transfer of its own.
final class LookupCall {
    let order: LookupOrder
    let transfer: Transfer
    private let url: Text
    private let headers: HeaderList
    private let signedAt: ServiceTime.Reading

    init(
        _ order: LookupOrder, _ transfer: Transfer, _ signedAt: ServiceTime.Reading,
        _ token: TokenState.Token?
    ) throws(DatapanelError) {
        self.order = order
        self.transfer = transfer
        self.signedAt = signedAt
        order.tokenNumber = token?.number ?? 0
        url = try order.walk.url(order.config)
        headers = try CallHeaders.make(
            order.config, "GET", url, bodyHash: nil, signedAt,
            token?.proof ?? order.config.proof)
    }

    func begin() {
        let config = order.config
        transfer.begin(url, headers, nil, config: config, timeout: config.number(.requestTimeout))
    }

    /// Takes up what it brought.
    func finish(_ exchange: Exchange, _ serviceTime: inout ServiceTime) {
        if let page = LookupPage(exchange, order.walk.kind) {
            return order.ended(read(page), Situation.stored.verdict)
        }
        let attempt = Attempt(1, lookup: exchange)
        let verdict = attempt.verdict
        let isRenewed =
            order.config.auth.isSigned
            && serviceTime.answered(attempt, to: signedAt, log: order.config.log)
        let isOver = order.walk.isSuggesting
        let error =
            isOver
            ? order.walk.nothing(order.config)
            : attempt.error(url, nil) ?? DatapanelError(.reply, attempt.summary)
        let failure = isOver ? .standing : Self.failure(verdict)
        order.ended(
            .failure(failure, error.message, retryAfter: attempt.retryAfter), verdict,
            isRenewed: isRenewed)
    }

    private func read(_ page: borrowing LookupPage) -> NameSearch.Answer {
        do throws(DatapanelError) {
            guard let id = try order.walk.take(page, order.config) else { return .page }
            return .found(id)
        } catch {
            let failure: NameSearch.Failure = error.code == .noMemory ? .passing : .standing
            return .failure(failure, error.message, retryAfter: nil)
        }
    }

    private static func failure(_ verdict: Verdict) -> NameSearch.Failure {
        switch verdict.next {
        case .retry, .hold, .ambiguous: .passing
        case .deliver, .renew, .split, .halve, .block, .unconfirmed, .unconfirmedAndBlock, .fail:
            verdict.code == .noMemory ? .passing : .standing
        }
    }
}
