// SPDX-License-Identifier: Apache-2.0

/// The tokens of a client, or its temporary keys. One thread asks for them; the others wait for
/// what comes of it, or use the old ones while these are good.
///
/// Runs on: any thread, many at once.
/// Guarded by: `monitor`.
final class TokenSource: Sendable {
    /// While there is a good token no call waits longer for the next. In milliseconds.
    private static let renewalTimeout: Int64 = 5_000

    private struct State {
        var tokens: TokenState
        var config: Config
    }

    private let monitor: Monitor<State>
    private let changed = Condition()

    init(_ config: Config) {
        monitor = Monitor(State(tokens: TokenState(config), config: config))
    }

    /// The token for an attempt; waits for one until the deadline. `transfer` is the caller's own.
    func token(
        _ transfer: Transfer, until deadline: Int64
    ) throws(DatapanelError) -> TokenState.Token {
        var time: Int64 = 0
        while true {
            var wakesAt = deadline
            let found = try monitor.wait(for: changed, until: time) {
                state, now throws(DatapanelError) in
                let step = try Self.step(&state.tokens, now: now, deadline: deadline)
                guard case .wait(let until) = step else { return (step, state.config) }
                wakesAt = min(until ?? deadline, deadline)
                return nil
            }
            time = wakesAt
            guard let (step, config) = found else { continue }
            switch step {
            case .use(let token):
                return token
            case .refuse(let error):
                throw error
            case .fetch(let order):
                let left = max(1, deadline - Clock.monotonic())
                let timeout = order.isUrgent ? left : min(left / 2 + 1, Self.renewalTimeout)
                fetch(order, config, transfer, timeout: timeout)
                time = 0
            case .wait:
                break
            }
        }
    }

    /// To wait for what comes too late helps nobody.
    private static func step(
        _ tokens: inout TokenState, now: Int64, deadline: Int64
    ) throws(DatapanelError) -> TokenState.Step {
        let isLate = now >= deadline && tokens.token(now: now) == nil
        let step = isLate ? .wait(until: now) : tokens.next(now: now)
        guard case .wait(let until) = step, (until ?? 0) >= deadline else { return step }
        throw tokens.trouble
            ?? DatapanelError(
                .server,
                """
                no token from IAM, nor keys from the metadata service, before the call's time was \
                over; allow more time
                """
            ).with(.stored, "\(Stored.no.name)")
    }

    private func fetch(
        _ order: TokenState.Order, _ config: Config, _ transfer: Transfer, timeout: Int64
    ) {
        let answer = ask(order, config, transfer, until: Clock.monotonic() + timeout)
        monitor.with { state in
            state.tokens.fetched(
                order.number, answer, backoff: config.backoff, dice: Random.number(),
                now: Clock.monotonic())
            changed.announce()
        }
    }

    private func ask(
        _ order: TokenState.Order, _ config: Config, _ transfer: Transfer, until deadline: Int64
    ) -> TokenState.Answer {
        do throws(DatapanelError) {
            let call = try IssuerCall.make(order) { transfer }
            while true {
                call.begin(config, timeout: max(1, deadline - Clock.monotonic()))
                let exchange = call.transfer.perform()
                if let answer = call.answer(exchange, config) { return answer }
            }
        } catch {
            return .failure(.passing, error, retryAfter: nil)
        }
    }

    /// Takes note of what the service made of a token; says whether the call may go again with
    /// another one.
    func answered(_ token: TokenState.Token, _ verdict: Verdict, hasRenewed: Bool) -> Bool {
        monitor.with { $0.tokens.answered(token.number, verdict, hasRenewed: hasRenewed) }
    }

    func change(_ config: Config, isAnew: Bool) {
        monitor.with { state in
            state.config = config
            // Where nobody is asked, so that secrets that were replaced do not stay.
            if isAnew || !config.auth.isGiven { state.tokens.startAnew(config) }
            changed.announce()
        }
    }

    /// Leaves everything as it is, for ever: in a forked child a thread that it does not have may
    /// hold the mutex, or wait.
    func abandon() {
        _ = Unmanaged.passRetained(self)
    }
}
