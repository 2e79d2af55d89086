// SPDX-License-Identifier: Apache-2.0

/// Submits requests on the caller's thread: one call does everything, from the check to the
/// reports, and starts no thread of its own.
///
/// The life of a request: its bytes and address are made (`Request`, `TargetURL`), the call is
/// authorised (`Credentials`), sent (`Transfer`), its reply read (`ReplyDecoder`), the attempt
/// judged (`Facts.situation.verdict`); perhaps there is a pause and another attempt
/// (`ClientRetry`); then each object has its report (`Reports`).
///
/// Runs on: any thread, many at once.
/// Guarded by: `config` and `serviceTime` by their locks; the pool, the tokens, the gate and the
/// names by their own; all else is immutable.
package final class Client: Sendable {
    private let config: Lock<Config>
    private let pool = TransferPool()
    private let serviceTime = Lock(ServiceTime())
    private let tokens: TokenSource
    private let keyGate: KeyGate
    let names = NameSource()
    private let generation: Int

    /// Opens no connection, but what libcurl cannot do is found here and not at the first alert.
    package static func make(_ config: Config) throws(DatapanelError) -> Client {
        let config = try config.settled()
        try config.check()
        return Client(config, try Transfer(config))
    }

    private init(_ config: Config, _ transfer: Transfer) {
        self.config = Lock(config)
        tokens = TokenSource(config)
        keyGate = KeyGate(config)
        generation = ProcessGeneration.current()
        pool.giveBack(transfer)
    }

    deinit {
        if isForked {
            pool.abandon()
            tokens.abandon()
            keyGate.abandon()
            names.abandon()
        }
    }

    package func set(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(DatapanelError) {
        if isForked { throw Self.forked }
        try config.with { config throws(DatapanelError) in
            let before = config
            config = try config.changed(name, value)
            tokens.change(config, isAnew: config.isAskingAnew(since: before))
            keyGate.change(config, isAnew: config.isSigningAnew(since: before))
        }
    }

    /// Throws when nothing was attempted; otherwise the submission tells what came of it.
    package func submit(
        _ target: UnsafeRawBufferPointer, _ request: Request, timeout: Int64
    ) throws(DatapanelError) -> Submission {
        let passes = try begin(timeout)
        let dataclass = try TargetURL.dataclass(target)
        let body = try request.body(passes.config.listField)
        let bodyHash = passes.config.auth.isSigned ? try body.pieces.hash() : nil
        return try withTransfer(passes.config) { transfer throws(DatapanelError) in
            try submit(dataclass, passes, transfer) { passes, id throws(DatapanelError) in
                try Call(
                    passes: passes, url: try TargetURL.make(passes.config, id.bytes),
                    body: body, bodyHash: bodyHash, ids: try ItemIds(capacity: request.count)
                ).run(transfer)
            }
        }
    }

    /// What holds for a call that begins now, and until when it may take.
    func begin(_ timeout: Int64) throws(DatapanelError) -> Passes {
        if isForked { throw Self.forked }
        let config = self.config.with { $0 }
        let time = timeout > 0 ? timeout : config.number(.requestTimeout)
        return Passes(
            config, serviceTime, config.auth.isGiven ? tokens : nil,
            config.auth.isSigned ? keyGate : nil, deadline: Clock.deadline(after: time))
    }

    /// Lends a connection.
    func withTransfer<Result>(
        _ config: Config, _ body: (Transfer) throws(DatapanelError) -> Result
    ) throws(DatapanelError) -> Result {
        let transfer = try pool.take(config)
        defer { pool.giveBack(transfer) }
        return try SignalGuard.withoutPipe { () throws(DatapanelError) in try body(transfer) }
    }

    private var isForked: Bool { generation != ProcessGeneration.current() }

    private static var forked: DatapanelError {
        DatapanelError(
            .forked,
            "this client was made before the fork and is the parent's; free it and make another")
    }
}

/// The reports of a submission, and why it failed if it did.
package struct Submission {
    package let reports: Reports
    package let error: DatapanelError?
}
