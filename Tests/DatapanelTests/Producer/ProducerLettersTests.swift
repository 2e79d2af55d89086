// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

/// What failed is told of only after it was written down.
struct ProducerLettersTests {
    private static let kept = ["dead_letter.path": "never opened", "batch.objects": "2"]

    private func failed(_ settings: [String: String] = kept) throws -> Simulation {
        var simulation = try Simulation(settings)
        for number in 0..<2 { _ = try simulation.take("{\"n\":\(number)}") }
        try simulation.run { _ in .tooLarge }
        return simulation
    }

    @Test func itWaitsForItsLetter() throws {
        var simulation = try failed()
        #expect(simulation.state.queuedObjects == 2 && simulation.state.reports.count == 0)
        #expect(!simulation.state.epochs.isOver(0))
        let letters = simulation.state.takeLetters()
        #expect(letters.map(\.settlement.count) == [1, 1])
        #expect(letters.allSatisfy { $0.target == "target" })
        #expect(simulation.state.takeLetters().isEmpty)
        letters[0].settlement.isDeadLettered = true
        simulation.state.countLetters(letters.map(\.settlement), dropped: 7)
        for letter in letters { simulation.state.tell(letter.settlement) }
        #expect(simulation.state.queuedObjects == 0 && simulation.state.epochs.isOver(0))
        #expect(simulation.collect().map(\.report.flags) == [Settlement.deadLettered, 0])
        let counters = simulation.state.counters
        #expect(
            [counters.letters, counters.lettersFailed, counters.lettersDropped, counters.failed]
                == [1, 1, 7, 2])
    }

    @Test func withoutAFileItIsToldAtOnce() throws {
        var simulation = try failed(["batch.objects": "2"])
        #expect(simulation.state.takeLetters().isEmpty)
        #expect(simulation.collect().map(\.report.flags) == [0, 0])
    }

    @Test func whatIsStoredNeedsNone() throws {
        var simulation = try Simulation(Self.kept)
        _ = try simulation.take("{}")
        try simulation.run { _ in .stored }
        #expect(simulation.state.takeLetters().isEmpty && simulation.collect().count == 1)
    }

    @Test func whatTheProgramGaveUpNeedsNone() throws {
        var simulation = try Simulation(Self.kept)
        _ = try simulation.take("{}")
        #expect(try simulation.state.purge(nil) == 1)
        #expect(simulation.state.takeLetters().isEmpty)
        #expect(simulation.collect().map(\.report.code) == [.cancelled])
    }

    @Test func whatTookTooLongIsOne() throws {
        var simulation = try Simulation(Self.kept)
        _ = try simulation.take("{}")
        simulation.state.expire(now: simulation.now + 300_000)
        #expect(simulation.state.takeLetters().map(\.settlement.outcome.code) == [.expired])
    }
}
