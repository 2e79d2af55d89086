import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

/// A producer's decisions without its thread: a service that is a closure, and a clock that only
/// moves when nothing else can.
struct Simulation {
    var state: ProducerState
    static let begin: Int64 = 1_000_000
    var now = Simulation.begin
    private(set) var requests = 0
    private(set) var stored: [String] = []
    private var taken: [UInt64: String] = [:]
    private let target: Int
    /// What a look-up comes to, and the names that were looked up, with the time.
    var names: ((LookupOrder, Int64) -> (NameSearch.Answer, Situation))?
    private(set) var lookups: [(name: String, time: Int64)] = []
    /// What IAM answers at a time, and when it was asked.
    var iam: ((Int64) -> TokenState.Answer)?
    private(set) var tokenRequests: [Int64] = []

    /// What the service makes of the objects of a request.
    typealias Service = ([String]) -> Situation

    init(_ settings: [String: String] = [:], target name: String = "target") throws {
        var config = Config()
        let needed = [
            "endpoint": "http://127.0.0.1:1", "project.id": "p", "workspace.id": "w",
            "auth.token": "t", "linger": "0ms",
        ]
        for (key, value) in needed.merging(settings, uniquingKeysWith: { $1 }) {
            try withBytes(key) { key in try withBytes(value) { try config.set(key, $0) } }
        }
        try config.checkProducer()
        let limits = ProducerLimits(config, headCount: 20)
        state = try ProducerState.make(config, limits, try EventFlag.make())
        var made = state
        target = try withBytes(name) { try made.target(named: $0) }
        state = made
    }

    mutating func take(
        _ object: String, to name: String? = nil
    ) throws -> ProducerState.Taken? {
        var changed = state
        defer { state = changed }
        let target = try name.map { try withBytes($0) { try changed.target(named: $0) } }
        let result = try withBytes(object) { object in
            try changed.take(object, for: target ?? self.target, opaque: nil, now: now, ticks: 0)
        }
        if let result { taken[result.ticket] = object }
        return result
    }

    /// Runs until all is decided or so many requests are out.
    mutating func run(requests limit: Int = .max, _ service: Service) throws {
        _ = state.hurry()
        while requests < limit, state.queuedObjects > 0 {
            state.expire(now: now)
            askForToken()
            lookUp()
            guard let batch = state.next(now: now) else {
                let time = state.sleepTime(now: now)
                guard time != .max else { return }
                now = max(now + 1, time)
                continue
            }
            requests += 1
            batch.attempts += 1
            try answer(batch, service)
        }
    }

    private mutating func askForToken() {
        guard let order = state.neededToken(now: now), let iam else { return }
        tokenRequests.append(now)
        state.tokens?.fetched(
            order.number, iam(now), backoff: state.config.backoff, dice: .max, now: now)
    }

    private mutating func lookUp() {
        guard let names else { return }
        while let order = state.neededLookup(now: now) {
            lookups.append((order.search.name.description, now))
            let (answer, situation) = names(order, now)
            order.ended(answer, situation.verdict)
            order.tokenNumber = state.tokens?.token(now: now)?.number ?? 0
            state.lookedUp(order, now: now)
            askForToken()
        }
    }

    private mutating func answer(_ batch: Batch, _ service: Service) throws {
        let texts = try (0..<batch.count).map { position in
            String(decoding: try #require(batch.object(position)), as: UTF8.self)
        }
        let situation = service(texts)
        let verdict = situation.verdict
        if verdict.next == .ambiguous { batch.ambiguousAttempts += 1 }
        var outcome = Outcome()
        outcome.code = verdict.code
        outcome.stored = verdict.stored
        outcome.message = "\(verdict.sign)"
        outcome.httpStatus = situation == .throttled ? 429 : situation == .wrongEndpoint ? 404 : 0
        if situation != .stored { batch.lastOutcome = outcome }
        var reply = Bytes()
        let ids = try ItemIds(capacity: batch.count)
        if situation == .stored {
            stored += texts
            let list = texts.map { _ in #"{"id":"i"}"# }.joined(separator: ",")
            try reply.append(text: "[\(list)]")
            _ = ReplyDecoder.decode(reply.view, isJSON: true, ids)
        }
        state.finished(
            Settlement(outcome, batch, ids, reply), verdict, nil,
            tokenNumber: state.tokens?.token(now: now)?.number ?? 0,
            sentTo: state.targets[batch.target].url, took: 1, now: now)
    }

    /// Each object that has an outcome, with it. The report's own pointers are no more.
    mutating func collect() -> [(object: String, report: Report, message: String?)] {
        state.collect(.max).flatMap { slice in
            slice.positions.map { position in
                let report = slice.settlement[position]
                return (taken[report.ticket] ?? "", report, string(report.message))
            }
        }
    }
}
