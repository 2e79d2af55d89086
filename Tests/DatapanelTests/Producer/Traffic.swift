// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

/// A producer's decisions under traffic: there is always something to send, several requests are
/// under way at once, each takes its time, and the clock jumps from one event to the next.
struct Traffic {
    private(set) var state: ProducerState
    private(set) var now: Int64
    var dice: SeededDice
    /// How many objects come in between two events, up to forty that wait.
    var arrivals = 40
    private let target = 0
    private var flights: [(batch: Batch, startedAt: Int64, endsAt: Int64, answer: Answer)] = []
    private var taken = 0

    /// What the service makes of a request.
    struct Answer {
        var situation = Situation.stored
        var retryAfter: Int64?
        var took: Int64 = 20
    }

    enum Event {
        case begun(Batch)
        case ended(Batch, Answer, Delivery.Decision)
        case told(Settlement)
    }

    init(_ settings: [String: String], seed: UInt64) throws {
        let simulation = try Simulation(settings)
        state = simulation.state
        now = simulation.now
        dice = SeededDice(seed)
    }

    /// Requests under way.
    var underWay: Int { flights.count }

    /// Goes on until so many requests have begun.
    mutating func run(
        _ requests: Int, answer: (inout SeededDice) -> Answer, watch: (Event, Traffic) -> Void
    ) throws {
        var begun = 0
        while begun < requests {
            try fill()
            state.expire(now: now)
            tell(watch)
            var isIdle = true
            while let batch = state.next(now: now) {
                batch.attempts += 1
                begun += 1
                isIdle = false
                let answer = answer(&dice)
                flights.append((batch, now, now + answer.took, answer))
                watch(.begun(batch), self)
            }
            let wake = state.sleepTime(now: now)
            let time = flights.reduce(wake) { min($0, $1.endsAt) }
            // When all of it has just expired, nothing is there to wait for.
            let least = now + (isIdle && flights.isEmpty ? 1 : 0)
            now = time == .max ? least : max(least, time)
            finish(watch)
        }
    }

    private mutating func fill() throws {
        for _ in 0..<min(arrivals, max(0, 40 - state.queuedObjects)) {
            taken += 1
            try withBytes("{\"n\":\(taken)}") {
                _ = try state.take($0, for: target, opaque: nil, now: now, ticks: 0)
            }
        }
    }

    private mutating func finish(_ watch: (Event, Traffic) -> Void) {
        let ended = flights.filter { $0.endsAt <= now }.sorted { $0.endsAt < $1.endsAt }
        flights.removeAll { $0.endsAt <= now }
        for flight in ended {
            let verdict = flight.answer.situation.verdict
            if verdict.next == .ambiguous { flight.batch.ambiguousAttempts += 1 }
            var outcome = Outcome()
            outcome.code = verdict.code
            outcome.stored = verdict.stored
            outcome.message = "\(verdict.sign)"
            if verdict.code != .ok { flight.batch.lastOutcome = outcome }
            let decision = state.finished(
                Settlement(outcome, flight.batch), verdict, flight.answer.retryAfter,
                took: flight.answer.took, now: now)
            watch(.ended(flight.batch, flight.answer, decision), self)
        }
        tell(watch)
    }

    private mutating func tell(_ watch: (Event, Traffic) -> Void) {
        for slice in state.collect(.max) { watch(.told(slice.settlement), self) }
    }
}
