// SPDX-License-Identifier: Apache-2.0

/// One look-up under way: pages of a list, until it is clear which id the name has.
struct Lookup {
    /// A service whose pages never end must not hold the caller.
    static let pageLimit = 100

    private let passes: Passes
    private var config: Config { passes.config }
    private let kind: LookupKind
    private let name: Text

    init(
        _ passes: Passes, _ kind: LookupKind, _ name: UnsafeRawBufferPointer
    ) throws(DatapanelError) {
        if let flaw = PathPart.textFlaw(name) {
            throw DatapanelError(
                .argument, "the name \"\(Excerpt.of(name, limit: 80))\" \(flaw)"
            ).with(.key, "name")
        }
        self.passes = passes
        self.kind = kind
        self.name = try Text(name)
    }

    func run(_ transfer: Transfer) throws(DatapanelError) -> Text {
        var matches = LookupMatches(name)
        for field in kind.fields {
            try search(field, &matches, transfer)
            if let id = try matches.onlyId(kind, field, name) { return id }
        }
        if matches.near.isEmpty { suggest(&matches, transfer) }
        throw matches.nothing(kind, name, config)
    }

    /// All pages: the name is only then known to be that of one.
    private func search(
        _ field: LookupField, _ matches: inout LookupMatches, _ transfer: Transfer
    ) throws(DatapanelError) {
        var offset = 0
        for _ in 0..<Self.pageLimit {
            let url = try LookupURL.make(config, kind, field, name.bytes, offset: offset)
            let page = try page(url, transfer)
            try matches.take(page, field)
            if !page.isFollowed(offset: offset) { return }
            offset += page.count
        }
        throw LookupMatches.tooMany(kind, name)
    }

    /// Where nothing is like the name, the first page of what there is may help.
    private func suggest(_ matches: inout LookupMatches, _ transfer: Transfer) {
        do throws(DatapanelError) {
            let url = try LookupURL.make(config, kind, nil, name.bytes, offset: 0)
            try matches.take(page(url, transfer), .name)
        } catch {
            config.log.write(.information, .retry) { error.message }
        }
    }

    /// One page: attempts, until there is an answer or no more time.
    private func page(
        _ url: Text, _ transfer: Transfer
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
            if (200...299).contains(exchange.status), exchange.ending == .complete,
                let page = LookupPage(exchange.reply.view, kind)
            {
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
