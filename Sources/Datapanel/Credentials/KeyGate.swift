// SPDX-License-Identifier: Apache-2.0

/// Lets the calls of a client go as `CredentialGate` decides: threads that start together with a
/// wrong key would shut it out before the first of them hears of it.
///
/// Runs on: any thread, many at once.
/// Guarded by: `monitor`.
final class KeyGate: Sendable {
    private struct State {
        var gate: CredentialGate
        var isTrying = false
        /// Why there is a rest.
        var refusal: DatapanelError?
    }

    private let monitor: Monitor<State>
    private let changed = Condition()

    init(_ config: Config) {
        monitor = Monitor(State(gate: CredentialGate(config)))
    }

    /// The leave to make one attempt; waits for it until the deadline.
    func enter(until deadline: Int64) throws(DatapanelError) -> Turn {
        let turn = try monitor.wait(for: changed, until: deadline) {
            state, now throws(DatapanelError) -> Turn? in
            if now < state.gate.opensAt, let refusal = state.refusal { throw refusal }
            if state.gate.letsMany { return Turn(self, state.gate.round, isTrial: false) }
            if state.isTrying { return nil }
            state.isTrying = true
            return Turn(self, state.gate.round, isTrial: true)
        }
        if let turn { return turn }
        throw DatapanelError(
            .auth,
            """
            keys that the service has not let in yet are tried by one call at a time, and the \
            time of this one was over first; allow more time
            """
        ).with(.stored, "\(Stored.no.name)")
    }

    /// One attempt. It ends with what is said of it, at the latest when it is forgotten.
    final class Turn {
        private let gate: KeyGate
        fileprivate let round: Int
        fileprivate let isTrial: Bool
        private var isOver = false

        fileprivate init(_ gate: KeyGate, _ round: Int, isTrial: Bool) {
            self.gate = gate
            self.round = round
            self.isTrial = isTrial
        }

        deinit {
            if !isOver { gate.leave(self) { _ in } }
        }

        /// `isRenewed` tells that another attempt may well be let in.
        func end(_ attempt: Attempt, _ url: Text, isRenewed: Bool) {
            isOver = true
            let verdict = attempt.verdict
            let refusal =
                verdict.next == .renew && !isRenewed ? KeyGate.refusal(attempt, url) : nil
            gate.leave(self) { state in
                state.gate.answered(
                    verdict, round: round, isRenewed: isRenewed, now: Clock.monotonic())
                if let refusal { state.refusal = refusal }
            }
        }
    }

    private func leave(_ turn: Turn, _ note: (inout State) -> Void) {
        monitor.with { state in
            guard turn.round == state.gate.round else { return }
            if turn.isTrial { state.isTrying = false }
            note(&state)
            changed.announce()
        }
    }

    private static func refusal(
        _ attempt: Attempt, _ url: Text
    ) -> DatapanelError? {
        guard let error = attempt.error(url, nil) else { return nil }
        return error.again(
            """
            not sent, as its signature would be refused like one before; set the right \
            auth.secret_key: it is tried at once then, but else not for \
            \(Duration.text(CredentialGate.rest)), as keys are shut out that are wrong too often. \
            Before: \(error.message)
            """)
    }

    /// Other settings hold; only other keys are worth another attempt.
    func change(_ config: Config, isAnew: Bool) {
        guard isAnew else { return }
        monitor.with { state in
            state.gate.startAnew(config)
            state.isTrying = false
            state.refusal = nil
            changed.announce()
        }
    }

    /// Leaves everything as it is, for ever: see `TokenSource`.
    func abandon() {
        _ = Unmanaged.passRetained(self)
    }
}
