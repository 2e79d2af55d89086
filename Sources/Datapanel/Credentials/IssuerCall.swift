// SPDX-License-Identifier: Apache-2.0

/// Somebody is asked for a token or for keys, with one request after another.
class IssuerCall {
    let number: Int
    let transfer: Transfer
    /// The transfer is good for nothing else: it goes past any proxy.
    let isDirect: Bool

    init(_ order: TokenState.Order, _ transfer: Transfer, isDirect: Bool = false) {
        number = order.number
        self.transfer = transfer
        self.isDirect = isDirect
    }

    /// `transfer` gives one of those for calls of the service.
    static func make(
        _ order: TokenState.Order, _ transfer: () throws(DatapanelError) -> Transfer
    ) throws(DatapanelError) -> IssuerCall {
        if order.credentials.auth == .password { return try TokenCall(order, transfer()) }
        return try MetadataCall(order)
    }

    /// Begins the next request.
    func begin(_ config: Config, timeout: Int64) {}

    /// What it came to; nil when there is another request to begin.
    func answer(_ exchange: Exchange, _ config: Config) -> TokenState.Answer? { nil }
}

extension TokenState.Failure {
    /// To ask once more does no harm: what is ambiguous for objects is not so here.
    static func isPassing(_ verdict: Verdict) -> Bool {
        switch verdict.next {
        case .retry, .hold, .ambiguous: true
        case .deliver, .renew, .split, .halve, .block, .unconfirmed, .unconfirmedAndBlock, .fail:
            false
        }
    }

    /// The codes of doubtful outcomes are about objects.
    func code(_ verdict: Verdict) -> Code {
        if self == .refused { return .auth }
        if verdict.stored == .no { return verdict.code }
        return self == .passing ? .server : .endpoint
    }
}
