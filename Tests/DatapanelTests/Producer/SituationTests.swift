// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

/// What a producer decides in each situation, also in those that no wire leads to. `OutcomeTests`
/// has the same over the wire.
struct SituationTests {
    /// A batch of so many objects that meets a situation `times` in a row, and then a service that
    /// stores everything.
    private func run(
        _ situation: Situation, _ size: Int, times: Int = 3, _ settings: [String: String] = [:]
    ) throws -> Simulation {
        var simulation = try Simulation(
            settings.merging(["delivery.timeout": "24h"], uniquingKeysWith: { first, _ in first }))
        for index in 0..<size { _ = try simulation.take("{\"n\":\(index)}") }
        var answers = 0
        try simulation.run { _ in
            answers += 1
            return answers <= times ? situation : .stored
        }
        return simulation
    }

    private func expectDelivered(_ simulation: Simulation, _ size: Int, marked: Bool = false) {
        var simulation = simulation
        let reports = simulation.collect().map(\.report)
        #expect(reports.count == size)
        #expect(reports.allSatisfy { $0.code == .ok && $0.stored == .yes })
        #expect(reports.allSatisfy { ($0.flags == Settlement.possibleDuplicate) == marked })
        #expect(simulation.stored.count == size)
    }

    private func expectFinal(
        _ simulation: Simulation, _ size: Int, _ verdict: Verdict, requests: Int
    ) {
        var simulation = simulation
        let reports = simulation.collect().map(\.report)
        #expect(reports.count == size)
        #expect(reports.allSatisfy { $0.code == verdict.code && $0.stored == verdict.stored })
        #expect(reports.allSatisfy { $0.flags == 0 && $0.payload != nil })
        #expect(simulation.stored.isEmpty)
        #expect(simulation.requests == requests)
    }

    @Test(arguments: Situation.allCases, [1, 2, 100])
    func everyRowIsActedOn(_ situation: Situation, _ size: Int) throws {
        let verdict = situation.verdict
        switch verdict.next {
        case .deliver:
            let simulation = try run(situation, size)
            #expect(simulation.requests == 1)
            expectDelivered(simulation, size)
        case .retry, .hold:
            let simulation = try run(situation, size)
            #expect(simulation.requests == 4)
            expectDelivered(simulation, size)
        case .renew, .block:
            let simulation = try run(situation, size)
            // The batch, two probes in vain, one that helps, and the others.
            #expect(simulation.requests == (size == 1 ? 4 : 5))
            expectDelivered(simulation, size)
        case .split, .halve:
            if size == 1 {
                expectFinal(try run(situation, 1), 1, verdict, requests: 1)
            } else {
                let simulation = try run(situation, size, times: 1)
                #expect(simulation.requests == 3)
                expectDelivered(simulation, size)
            }
        case .ambiguous:
            let again = try run(situation, size, times: 2)
            #expect(again.requests == 3)
            expectDelivered(again, size, marked: true)
            expectFinal(try run(situation, size), size, verdict, requests: 3)
            let once = try run(situation, size, ["ambiguous.policy": "fail"])
            expectFinal(once, size, verdict, requests: 1)
        case .unconfirmed, .unconfirmedAndBlock, .fail:
            let simulation = try run(situation, size)
            expectFinal(simulation, size, verdict, requests: 1)
            let isBlocked = simulation.state.targets[0].blockedBy != nil
            #expect(isBlocked == (verdict.next == .unconfirmedAndBlock))
        }
    }
}
