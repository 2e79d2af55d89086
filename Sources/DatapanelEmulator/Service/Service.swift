// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// The emulated service: takes requests and says what to answer. It knows no sockets.
///
/// Runs on: the event loop of the server, and any thread that asks for what it holds.
/// Guarded by: `state`.
final class Service: Sendable {
    static let bodyLimit = 12_000_000

    let options: Emulator.Options
    let started: WallClock
    private let state: Locked<State>

    struct State {
        let store: Store
        var directory: Directory
        var tokens = IssuedTokens()
        var metadataTokens = IssuedTokens()
        var keys: KnownKeys
        var lockOut = LockOut()
        var throttle: Throttle
        var clockOffsetSeconds: Int
        var faults = FaultScript()
        var stats = Emulator.Stats()
        /// How often the statistics were started over.
        var epoch = 0
        var recorded: [Emulator.RecordedRequest] = []
    }

    init(_ options: Emulator.Options) throws(StoreError) {
        self.options = options
        started = WallClock.now.adding(seconds: options.clockOffsetSeconds)
        state = Locked(
            State(
                store: try Store(path: options.database), directory: Directory(options),
                keys: KnownKeys(options.accessKeys),
                throttle: Throttle(perSecond: options.requestsPerSecond),
                clockOffsetSeconds: options.clockOffsetSeconds))
    }

    /// The time by the emulator's clock, which may be wrong on purpose.
    var now: WallClock {
        WallClock.now.adding(seconds: withState { $0.clockOffsetSeconds })
    }

    var directory: Directory { withState { $0.directory } }

    func withState<Result: Sendable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.withLock(body)
    }

    // MARK: A request

    /// The head of a request was read. Answers at once where the body does not matter.
    func arrived(_ head: HTTPRequestHead, on mark: inout ConnectionMark) -> (Exchange, Answer?) {
        let isAdmin = Route.isAdmin(head.uri)
        let fault = withState { state -> Fault? in
            guard !isAdmin else { return nil }
            state.stats.requests += 1
            if mark.count(since: state.epoch) { state.stats.connections += 1 }
            return state.faults.next(for: head.uri)
        }
        let exchange = Exchange(head: head, requestId: Self.newRequestId(), fault: fault)
        if case .drop(.headers, let ending) = fault?.effect {
            record(exchange, body: [])
            let delay = fault?.delayMilliseconds ?? 0
            return (exchange, Answer(delayMilliseconds: delay, action: .drop(ending)))
        }
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        return (exchange, length > Self.bodyLimit ? tooLarge(exchange) : nil)
    }

    /// The body is, or is going to be, longer than the gateway lets through.
    func tooLarge(_ exchange: Exchange) -> Answer {
        record(exchange, body: [])
        return counted(
            Answer(action: .send(Refusal.bodyTooLarge.reply(requestId: exchange.requestId))),
            exchange)
    }

    /// The whole request was read.
    func answer(_ exchange: Exchange, body: [UInt8]) -> Answer {
        record(exchange, body: body)
        let answer = Answer(
            delayMilliseconds: exchange.fault?.delayMilliseconds ?? 0,
            action: action(exchange, body: body))
        return counted(answer, exchange)
    }

    private func action(_ exchange: Exchange, body: [UInt8]) -> Answer.Action {
        switch exchange.fault?.effect ?? .none {
        case .none:
            return .send(reply(exchange, body: body))
        case .reply(let status, let headers, let text, let stores):
            if stores { _ = reply(exchange, body: body) }
            return .send(
                Self.scripted(exchange, status: status, headers: headers, body: text))
        case .drop(let moment, let ending):
            if moment == .stored { _ = reply(exchange, body: body) }
            return .drop(ending)
        case .truncate(let bytes):
            return .send(reply(exchange, body: body), bodyLimit: bytes)
        case .ids(let count):
            return .send(reply(exchange, body: body, idCount: count))
        case .stall(let stores):
            if stores { _ = reply(exchange, body: body) }
            return .stall
        }
    }

    private static func scripted(
        _ exchange: Exchange, status: Int, headers: [Header], body: String?
    ) -> Reply {
        let refusal =
            Route.isIdentity(exchange.head.uri)
            ? Refusal.documentedByIdentity(status: status) : .documented(status: status)
        var reply = refusal.reply(requestId: exchange.requestId)
        if let body {
            reply.body = Array(body.utf8)
        } else if 200..<300 ~= status {
            reply.body = Array("[]".utf8)
        }
        reply.headers = headers
        return reply
    }

    // MARK: Keeping count

    private func counted(_ answer: Answer, _ exchange: Exchange) -> Answer {
        if case .send(let reply, _) = answer.action, !exchange.isAdmin {
            withState { $0.stats.count(reply.status, forToken: Route.isToken(exchange.head.uri)) }
        }
        return answer
    }

    private func record(_ exchange: Exchange, body: [UInt8]) {
        guard options.recordedRequests > 0, !exchange.isAdmin else { return }
        let request = Emulator.RecordedRequest(
            method: exchange.head.method.rawValue, target: exchange.head.uri,
            headers: exchange.head.headers.map { Header($0.name, $0.value) }, body: body)
        withState { state in
            state.recorded.append(request)
            if state.recorded.count > options.recordedRequests { state.recorded.removeFirst() }
        }
    }

    /// In the service's form: a unique part, the time in milliseconds, the host.
    static func newRequestId() -> String {
        let unique = String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16)
        return "\(unique)-\(WallClock.now.milliseconds)-emulator"
    }
}
