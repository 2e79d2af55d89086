// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

/// A producer whose keys are replaced while requests are under way that were signed with the former
/// ones.
struct ProducerKeyTests {
    private func simulation() throws -> Simulation {
        let keys = ["auth": "aksk", "auth.access_key": "AK", "auth.secret_key": "former"]
        var simulation = try Simulation(keys)
        _ = try simulation.take("{}")
        _ = simulation.state.hurry()
        return simulation
    }

    private func setKey(_ state: inout ProducerState, now: Int64) throws {
        let config = try withBytes("auth.secret_key") { key in
            try withBytes("new") { try state.config.changed(key, $0) }
        }
        state.change(config, now: now)
    }

    /// Has a batch sent, another key set, and then the answer come.
    private func answer(_ situation: Situation) throws -> Simulation {
        var simulation = try simulation()
        var state = simulation.state
        let now = simulation.now
        let next = state.next(now: now)
        let batch = try #require(next)
        let round = state.credentials.round
        try setKey(&state, now: now)
        var outcome = Outcome()
        outcome.code = situation.verdict.code
        state.finished(
            Settlement(outcome, batch), situation.verdict, nil, keyRound: round, took: 1, now: now)
        simulation.state = state
        return simulation
    }

    @Test func aRefusalOfTheFormerKeyDoesNotHoldUpTheNewOne() throws {
        var simulation = try answer(.unauthorized)
        let (now, opensAt) = (simulation.now, simulation.state.credentials.opensAt)
        #expect(opensAt <= now)
        let again = simulation.state.next(now: now)
        #expect(again != nil)
    }

    @Test func asFarAsTheNewKeyIsConcernedNothingWasLetIn() throws {
        let simulation = try answer(.stored)
        #expect(!simulation.state.credentials.letsMany)
    }

    @Test func aLookUpThatTheFormerKeyWasRefusedForHoldsUpNothing() throws {
        let keys = ["auth": "aksk", "auth.access_key": "AK", "auth.secret_key": "former"]
        var simulation = try Simulation(keys, target: "name:Alert")
        _ = try simulation.take("{}")
        var state = simulation.state
        let now = simulation.now
        let first = state.neededLookup(now: now)
        let order = try #require(first)
        try setKey(&state, now: now)
        order.ended(
            .failure(.standing, "401: refused", retryAfter: nil), Situation.unauthorized.verdict)
        state.lookedUp(order, now: now)
        #expect(state.credentials.opensAt <= now)
        let again = state.neededLookup(now: now)
        #expect(again != nil)
    }

    @Test func aRefusalOfTheKeyInUseBringsARest() throws {
        var simulation = try simulation()
        try simulation.run(requests: 1) { _ in .unauthorized }
        #expect(simulation.state.credentials.opensAt == simulation.now + CredentialGate.rest)
    }
}
