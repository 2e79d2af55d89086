// SPDX-License-Identifier: Apache-2.0
import CPosix

/// What a cloud server's metadata service is asked, and what follows from its answers: for a token
/// of its own, and with that for the temporary keys of the server's agency.
struct MetadataDialogue {
    enum Request {
        case token
        /// Nil where there are no tokens.
        case keys(Text?)
    }

    enum Step {
        case ask
        /// `life` is in milliseconds.
        case keys(AccessKey, life: Int64)
        case noAgency
        case failure
    }

    /// So long keys live whose end is not told.
    static let usualLife: Int64 = 900_000
    /// A longer one is none of the service's.
    private static let tokenLimit = 8_192

    private(set) var request = Request.token
    private var hasAskedAnew = false

    /// `now` is in seconds of Unix time.
    mutating func take(_ exchange: Exchange, now: Int64) -> Step {
        guard exchange.ending == .complete else { return .failure }
        switch request {
        case .token: return takeToken(exchange)
        case .keys: return takeKeys(exchange, now: now)
        }
    }

    private mutating func takeToken(_ exchange: Exchange) -> Step {
        let text = ASCII.trimmed(exchange.reply.view)
        switch exchange.status {
        case 200:
            guard text.count <= Self.tokenLimit, ASCII.isVisible(text),
                let token = try? Text(text, secret: true)
            else { return .failure }
            request = .keys(token)
        // Older servers know no tokens, and in containers they are refused.
        case 400, 404, 405, 503:
            request = .keys(nil)
        default:
            return .failure
        }
        return .ask
    }

    private mutating func takeKeys(_ exchange: Exchange, now: Int64) -> Step {
        if exchange.status == 200, let keys = MetadataKeys(exchange.reply.view) {
            let life = life(keys.end, date: exchange.head.date, now: now)
            return life > 0 ? .keys(keys.key, life: life) : .failure
        }
        guard exchange.status == 401 else { return .failure }
        let sign: StaticString = "Please configure Cloud Service Agency"
        let reply = exchange.reply.view
        let tells = dpx_contains(
            reply.baseAddress, reply.count, sign.utf8Start, sign.utf8CodeUnitCount)
        if tells != 0 { return .noAgency }
        if hasAskedAnew { return .failure }
        hasAskedAnew = true
        request = .token
        return .ask
    }

    /// By the service's own clock, if it tells that. Its times are whole seconds here, so that a
    /// second may be gone already.
    private func life(_ end: Int64?, date: Int64?, now: Int64) -> Int64 {
        guard let end else { return Self.usualLife }
        let (left, overflow) = end.subtractingReportingOverflow((date ?? now) + 1)
        return overflow ? 0 : min(left, Int64(Int32.max)) * 1_000
    }
}
