// SPDX-License-Identifier: Apache-2.0

/// What a call of a client may do, and until when: gives each of its attempts what shows who sends
/// it. Signatures are good for minutes only and tokens end, so each attempt has a pass of its own.
final class Passes {
    let config: Config
    let serviceTime: Lock<ServiceTime>
    /// Where somebody gives them.
    let tokens: TokenSource?
    /// Where calls are signed.
    let keyGate: KeyGate?
    /// On the monotonic clock, in milliseconds.
    let deadline: Int64

    /// The same for a call with other settings.
    func with(_ config: Config) -> Passes {
        Passes(config, serviceTime, tokens, keyGate, deadline: deadline)
    }

    init(
        _ config: Config, _ serviceTime: Lock<ServiceTime>, _ tokens: TokenSource?,
        _ keyGate: KeyGate?, deadline: Int64
    ) {
        self.config = config
        self.serviceTime = serviceTime
        self.tokens = tokens
        self.keyGate = keyGate
        self.deadline = deadline
    }

    final class Pass {
        let headers: HeaderList
        fileprivate let url: Text
        fileprivate let signedAt: ServiceTime.Reading
        fileprivate let token: TokenState.Token?
        fileprivate let turn: KeyGate.Turn?

        fileprivate init(
            _ headers: HeaderList, _ url: Text, _ signedAt: ServiceTime.Reading,
            _ token: TokenState.Token?, _ turn: KeyGate.Turn?
        ) {
            self.headers = headers
            self.url = url
            self.signedAt = signedAt
            self.token = token
            self.turn = turn
        }
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
        return Pass(headers, url, time, token, turn)
    }

    /// Takes note of what became of an attempt. Says whether it was refused for what showed who
    /// sent it, and the next pass is a better one.
    func isRenewed(_ attempt: Attempt, _ pass: Pass, wasRenewed: Bool) -> Bool {
        let isRenewed = renews(attempt, pass, wasRenewed: wasRenewed)
        pass.turn?.end(attempt, pass.url, isRenewed: isRenewed)
        return isRenewed
    }

    private func renews(
        _ attempt: Attempt, _ pass: Pass, wasRenewed: Bool
    ) -> Bool {
        if config.auth.isSigned, !wasRenewed,
            serviceTime.with({ $0.answered(attempt, to: pass.signedAt, log: config.log) })
        {
            return true
        }
        guard let tokens, let token = pass.token else { return false }
        return tokens.answered(token, attempt.verdict, hasRenewed: wasRenewed)
    }
}
