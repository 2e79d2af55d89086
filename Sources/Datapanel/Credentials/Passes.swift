// SPDX-License-Identifier: Apache-2.0

/// What a call of a client may do, and until when: gives each of its attempts what shows who sends
/// it. Signatures are good for minutes only and tokens end, so each attempt has a pass of its own.
struct Passes {
    let config: Config
    let serviceTime: Lock<ServiceTime>
    /// Where IAM gives them.
    let tokens: TokenSource?
    /// Where calls are signed.
    let keyGate: KeyGate?
    /// On the monotonic clock, in milliseconds.
    let deadline: Int64

    /// The same for a call with other settings.
    func with(_ config: Config) -> Passes {
        Passes(config: config, serviceTime: serviceTime, tokens: tokens, deadline: deadline)
    }

    struct Pass: ~Copyable {
        let headers: HeaderList
        fileprivate let signedAt: ServiceTime.Reading
        fileprivate let token: TokenState.Token?
        fileprivate let turn: KeyGate.Turn?
    }

    /// `bodyHash` is nil without a body, and where calls are not signed.
    func next(
        _ method: StaticString, _ url: Text, bodyHash: Text?, _ transfer: Transfer
    ) throws(DatapanelError) -> Pass {
        let turn = try keyGate?.enter(until: deadline)
        let token = try tokens?.token(transfer, until: deadline)
        let time = serviceTime.with { $0.read(now: Clock.seconds()) }
        let headers = try CallHeaders.make(
            config, method, url, bodyHash: bodyHash, time, token?.proof ?? config.proof)
        return Pass(headers: headers, signedAt: time, token: token, turn: turn)
    }

    /// Takes note of what became of an attempt. Says whether it was refused for what showed who
    /// sent it, and the next pass is a better one.
    func isRenewed(
        _ attempt: borrowing Attempt, _ pass: borrowing Pass, wasRenewed: Bool
    ) -> Bool {
        let isRenewed = renews(attempt, pass, wasRenewed: wasRenewed)
        pass.turn?.end(attempt, isRenewed: isRenewed)
        return isRenewed
    }

    private func renews(
        _ attempt: borrowing Attempt, _ pass: borrowing Pass, wasRenewed: Bool
    ) -> Bool {
        if let tokens, let token = pass.token {
            return tokens.answered(token, attempt.verdict, hasRenewed: wasRenewed)
        }
        guard config.auth == .aksk, !wasRenewed else { return false }
        return serviceTime.with { $0.answered(attempt, to: pass.signedAt, log: config.log) }
    }
}
