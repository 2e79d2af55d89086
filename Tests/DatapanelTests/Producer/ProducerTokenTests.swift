import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

/// A producer that has its tokens from IAM, on a clock that only moves when nothing else can.
struct ProducerTokenTests {
    private static let token = TokenState.Answer.proof(.token("a token"), life: 86_400_000)

    private func simulation(
        _ settings: [String: String] = [:], _ iam: @escaping (Int64) -> TokenState.Answer
    ) throws -> Simulation {
        let all = [
            "auth": "password", "auth.user": "u", "auth.password": "secret", "auth.domain": "d",
            "iam.endpoint": "http://127.0.0.1:2", "delivery.timeout": "2h",
        ]
        var simulation = try Simulation(all.merging(settings, uniquingKeysWith: { $1 }))
        simulation.iam = iam
        return simulation
    }

    private func failure(_ kind: TokenState.Failure) -> TokenState.Answer {
        .failure(kind, DatapanelError(.auth, "no token from IAM"), retryAfter: nil)
    }

    @Test func objectsWaitForAToken() throws {
        var asked = 0
        var simulation = try simulation { _ in
            asked += 1
            return asked < 20 ? failure(.passing) : Self.token
        }
        for object in ["{}", "[]"] { _ = try simulation.take(object) }
        try simulation.run { _ in
            #expect(asked == 20)
            return .stored
        }
        #expect(simulation.stored.count == 2)
        #expect(simulation.requests == 1)
    }

    @Test func whoHasNothingToSendAsksForNoToken() throws {
        var simulation = try simulation { _ in Self.token }
        try simulation.run { _ in .stored }
        #expect(simulation.tokenRequests.isEmpty)
        let order = simulation.state.neededToken(now: simulation.now)
        #expect(order?.number == nil)
    }

    @Test func aRefusedPasswordIsTriedOnceInFiveMinutesAndNoObjectIsLost() throws {
        let begin = Simulation.begin
        var simulation = try simulation { now in
            now < begin + 3_000_000 ? failure(.refused) : Self.token
        }
        _ = try simulation.take("{}")
        try simulation.run { _ in .stored }
        #expect(simulation.stored == ["{}"])
        #expect(simulation.tokenRequests == (0...10).map { begin + $0 * 300_000 })
    }

    @Test func anotherPasswordIsTriedAtOnce() throws {
        var isRight = false
        var simulation = try simulation { _ in isRight ? Self.token : failure(.refused) }
        _ = try simulation.take("{}")
        let first = simulation.state.neededToken(now: simulation.now)
        simulation.state.tokens?.fetched(
            first?.number ?? 0, failure(.refused), backoff: simulation.state.config.backoff,
            dice: 0, now: simulation.now)
        let early = simulation.state.neededToken(now: simulation.now)
        #expect(early?.number == nil)
        isRight = true
        simulation.state.change(simulation.state.config, isAnew: true, now: simulation.now)
        try simulation.run { _ in .stored }
        #expect(simulation.stored == ["{}"])
        #expect(simulation.now == Simulation.begin)
    }

    @Test func whatExpiresTellsWhyItHadNoToken() throws {
        var simulation = try simulation(["delivery.timeout": "1m"]) { _ in failure(.refused) }
        _ = try simulation.take("{}")
        try simulation.run { _ in .stored }
        let reports = simulation.collect()
        #expect(reports.map(\.report.code) == [.expired])
        #expect(reports.first?.message?.contains("no token from IAM") == true)
        #expect(simulation.tokenRequests.count == 1)
    }

    @Test func aRefusedTokenIsReplacedAtOnce() throws {
        var simulation = try simulation { _ in Self.token }
        _ = try simulation.take("{}")
        var answers: [Situation] = [.unauthorized, .stored]
        try simulation.run { _ in answers.removeFirst() }
        #expect(simulation.stored == ["{}"])
        #expect(simulation.tokenRequests == [Simulation.begin, Simulation.begin])
        #expect(simulation.now == Simulation.begin)
    }

    @Test func aFreshTokenThatIsRefusedBlocksTheTarget() throws {
        var simulation = try simulation { _ in Self.token }
        _ = try simulation.take("{}")
        try simulation.run(requests: 2) { _ in .unauthorized }
        #expect(simulation.state.targets[0].isBlocked)
        #expect(simulation.state.targets[0].blockedBy?.contains("401") == true)
        #expect(simulation.now == Simulation.begin)
        try simulation.run(requests: 4) { _ in .unauthorized }
        #expect(simulation.now > Simulation.begin)
        try simulation.run { _ in .stored }
        #expect(simulation.stored == ["{}"])
        #expect(!simulation.state.targets[0].isBlocked)
    }
}
