// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

/// A producer to which names are given, on a clock that only moves when nothing else can.
struct ProducerNamesTests {
    private static let begin = Simulation.begin
    private static let error: Text = "no data class has the name"

    private func simulation(
        _ settings: [String: String] = [:],
        _ names: @escaping (LookupOrder, Int64) -> (NameSearch.Answer, Situation)
    ) throws -> Simulation {
        let all = ["region": "r", "delivery.timeout": "2h"].merging(settings) { $1 }
        var simulation = try Simulation(all, target: "name:Alert")
        simulation.names = names
        return simulation
    }

    private func found(_ order: LookupOrder, _: Int64 = 0) -> (NameSearch.Answer, Situation) {
        (.found("id of \(order.search.name)"), .stored)
    }

    private var missing: (NameSearch.Answer, Situation) {
        (.failure(.standing, Self.error, retryAfter: nil), .stored)
    }

    private func down(_ retryAfter: Int64? = nil) -> (NameSearch.Answer, Situation) {
        (.failure(.passing, "503: unavailable", retryAfter: retryAfter), .unavailable)
    }

    private func lookup(_ state: inout ProducerState, _ now: Int64) throws -> LookupOrder {
        let order = state.neededLookup(now: now)
        return try #require(order)
    }

    private func end(
        _ state: inout ProducerState, _ order: LookupOrder, _ answer: NameSearch.Answer,
        _ now: Int64
    ) {
        order.ended(answer, Situation.stored.verdict)
        state.lookedUp(order, now: now)
    }

    private func batch(_ state: inout ProducerState, _ now: Int64) throws -> Batch {
        let batch = state.next(now: now)
        return try #require(batch)
    }

    private func url(_ simulation: Simulation, _ index: Int = 0) -> String {
        simulation.state.targets[index].url.description
    }

    @Test func aNameIsLookedUpOnceForAllItsObjects() throws {
        var simulation = try simulation(["batch.objects": "1"], { found($0, $1) })
        for number in 0..<20 { _ = try simulation.take("{\"n\":\(number)}") }
        try simulation.run { _ in .stored }
        #expect(simulation.stored.count == 20)
        #expect(simulation.lookups.map(\.name) == ["Alert"])
        #expect(url(simulation).hasSuffix("/id%20of%20Alert/data-objects/batch-create"))
    }

    @Test func everyNameHasALookUpOfItsOwn() throws {
        var simulation = try simulation { found($0, $1) }
        for number in 0..<300 { _ = try simulation.take("{}", to: "name:n\(number % 100)") }
        try simulation.run { _ in .stored }
        #expect(simulation.stored.count == 300)
        #expect(simulation.lookups.count == 100)
    }

    @Test func atMostFourAreLookedUpAtOnce() throws {
        var simulation = try simulation { found($0, $1) }
        for number in 0..<10 { _ = try simulation.take("{}", to: "name:n\(number)") }
        var orders: [LookupOrder] = []
        var state = simulation.state
        while let order = state.neededLookup(now: simulation.now) { orders.append(order) }
        #expect(orders.count == 4)
        #expect(Set(orders.map { "\($0.search.name)" }).count == 4)
        end(&state, orders[0], found(orders[0]).0, simulation.now)
        let next = state.neededLookup(now: simulation.now)
        #expect(next != nil)
    }

    @Test func whoHasNothingToSendLooksNothingUp() throws {
        var simulation = try simulation { found($0, $1) }
        try simulation.run { _ in .stored }
        let order = simulation.state.neededLookup(now: simulation.now)
        #expect(order == nil)
        #expect(simulation.state.sleepTime(now: simulation.now) == .max)
    }

    @Test func otherTargetsDoNotWait() throws {
        var simulation = try simulation { _, _ in missing }
        _ = try simulation.take("{}")
        _ = try simulation.take("[1]", to: "an-id")
        try simulation.run(requests: 1) { _ in .stored }
        #expect(simulation.stored == ["[1]"])
        #expect(simulation.now == Self.begin)
    }

    @Test func objectsWaitWhileALookUpFails() throws {
        var asked = 0
        var simulation = try simulation { order, _ in
            asked += 1
            return asked < 20 ? down() : found(order)
        }
        _ = try simulation.take("{}")
        try simulation.run { _ in .stored }
        #expect(simulation.stored == ["{}"])
        #expect(asked == 20)
        #expect(simulation.now > Self.begin)
    }

    @Test func theServiceSaysWhenToAskAgain() throws {
        var asked = 0
        var simulation = try simulation { order, _ in
            asked += 1
            return asked == 1 ? down(60_000) : found(order)
        }
        _ = try simulation.take("{}")
        try simulation.run { _ in .stored }
        #expect(simulation.lookups.count == 2)
        #expect(60_000...66_000 ~= simulation.now - Self.begin)
    }

    @Test func aNameThatIsMissingKeepsItsObjectsUntilItIsThere() throws {
        let end = Self.begin + 3_600_000
        var simulation = try simulation { order, now in
            now >= end ? found(order) : missing
        }
        _ = try simulation.take("{}")
        try simulation.run { _ in .stored }
        #expect(simulation.stored == ["{}"])
        #expect((12...800).contains(simulation.lookups.count))
    }

    @Test func whatExpiresTellsOfItsName() throws {
        var simulation = try simulation(["delivery.timeout": "1m"]) { _, _ in missing }
        _ = try simulation.take("{}")
        try simulation.run { _ in .stored }
        let reports = simulation.collect()
        #expect(reports.map(\.report.code) == [.expired])
        #expect(reports.first?.report.stored == Stored.no)
        #expect(reports.first?.message?.contains("no data class has the name") == true)
        #expect(simulation.now - Self.begin >= 60_000)
    }

    @Test func aChangedSettingTriesAMissingNameAtOnce() throws {
        var isThere = false
        var simulation = try simulation { order, _ in isThere ? found(order) : missing }
        _ = try simulation.take("{}")
        let order = try lookup(&simulation.state, simulation.now)
        end(&simulation.state, order, missing.0, simulation.now)
        let early = simulation.state.neededLookup(now: simulation.now)
        #expect(early == nil)
        isThere = true
        simulation.state.change(simulation.state.config, now: simulation.now)
        try simulation.run { _ in .stored }
        #expect(simulation.stored == ["{}"])
        #expect(simulation.now == Self.begin)
    }

    @Test func aPausedTargetLooksNothingUp() throws {
        var simulation = try simulation { found($0, $1) }
        _ = try simulation.take("{}")
        simulation.state.targets[0].isPaused = true
        let order = simulation.state.neededLookup(now: simulation.now)
        #expect(order == nil)
    }

    // MARK: what is gone

    @Test func aNameWithAnotherIdIsFollowedAtOnce() throws {
        var ids = ["new", "old"]
        var simulation = try simulation(["batch.objects": "1"]) { _, _ in
            (.found("\(ids.removeLast())"), .stored)
        }
        for number in 0..<5 { _ = try simulation.take("{\"n\":\(number)}") }
        var answers: [Situation] = [.stored, .wrongEndpoint]
        try simulation.run { _ in answers.isEmpty ? .stored : answers.removeFirst() }
        #expect(simulation.stored.count == 5)
        #expect(simulation.requests == 6)
        #expect(simulation.lookups.count == 2)
        #expect(url(simulation).contains("/new/"))
        #expect(simulation.now == Self.begin)
    }

    @Test func anIdThatStaysTheSameIsTriedAsTheTableSays() throws {
        var simulation = try simulation { found($0, $1) }
        for number in 0..<5 { _ = try simulation.take("{\"n\":\(number)}") }
        try simulation.run(requests: 3) { _ in .wrongEndpoint }
        #expect(simulation.state.targets[0].isBlocked)
        #expect(simulation.state.queuedObjects == 5)
        // One look-up at the begin, and one for each refusal that was followed by another request.
        #expect(simulation.lookups.count == 3)
        #expect(simulation.now > Self.begin)
        try simulation.run { _ in .stored }
        #expect(simulation.stored.count == 5)
    }

    @Test func aDataClassThatIsGoneIsWaitedFor() throws {
        var asked = 0
        var simulation = try simulation { _, _ in
            asked += 1
            switch asked {
            case 1: return (.found("old"), .stored)
            case 2...5: return missing
            default: return (.found("new"), .stored)
            }
        }
        _ = try simulation.take("{}")
        var sent = 0
        try simulation.run { _ in
            sent += 1
            return sent == 1 ? .wrongEndpoint : .stored
        }
        #expect(simulation.stored == ["{}"])
        #expect(sent == 2)
        #expect(asked == 6)
    }

    /// Of several requests under way the first that is refused leads to the new id.
    @Test func anAnswerFromTheFormerAddressIsNotAboutTheNewOne() throws {
        var simulation = try simulation(["batch.objects": "1"]) { _, _ in (.found("old"), .stored) }
        for number in 0..<3 { _ = try simulation.take("{\"n\":\(number)}") }
        try simulation.run(requests: 1) { _ in .stored }
        var state = simulation.state
        let now = simulation.now
        let old = state.targets[0].url
        let batches = [try batch(&state, now), try batch(&state, now)]
        var refused = Outcome()
        refused.httpStatus = 404
        func refuse(_ batch: Batch) -> Delivery.Decision {
            state.finished(
                Settlement(refused, batch), Situation.wrongEndpoint.verdict, nil, sentTo: old,
                took: 1, now: now)
        }
        guard case .block = refuse(batches[0]) else {
            Issue.record("a refusal does not block")
            return
        }
        let order = try lookup(&state, now)
        end(&state, order, .found("new"), now)
        let more = state.neededLookup(now: now)
        #expect(more == nil)
        #expect(refuse(batches[1]) == .retry(pause: 0))
        #expect(!state.targets[0].isBlocked)
        #expect(state.targets[0].url.contains("/new/"))
    }

    @Test func anIdThatWasGivenIsNotLookedUp() throws {
        var simulation = try simulation { found($0, $1) }
        _ = try simulation.take("{}", to: "an-id")
        try simulation.run(requests: 2) { _ in .wrongEndpoint }
        #expect(simulation.lookups.isEmpty)
        #expect(simulation.state.targets[1].isBlocked)
    }

    // MARK: project and workspace

    @Test func whatIsAroundIsFoundFirst() throws {
        let settings = ["project.id": "name:P", "workspace.id": "name:W"]
        var simulation = try simulation(settings) { order, _ in
            #expect((order.config.id(.projectId) == nil) == (order.search.kind == .project))
            return (.found("\(order.search.name)-id"), .stored)
        }
        for name in ["name:a", "name:b", "c"] { _ = try simulation.take("{}", to: name) }
        try simulation.run { _ in .stored }
        #expect(simulation.lookups.map(\.name) == ["P", "W", "a", "b"])
        #expect(
            url(simulation, 1).hasSuffix(
                "/v1/P-id/workspaces/W-id/soc/datapanel/a-id/data-objects/batch-create"))
        #expect(url(simulation, 3).contains("/W-id/soc/datapanel/c/"))
        #expect(simulation.state.config.id(.projectId)?.description == "P-id")
    }

    @Test func aRegionStandsForItsProject() throws {
        var simulation = try simulation(["project.id": ""]) { order, _ in
            (.found("\(order.search.name)-id"), .stored)
        }
        _ = try simulation.take("{}", to: "c")
        try simulation.run { _ in .stored }
        #expect(simulation.lookups.map(\.name) == ["r"])
        #expect(url(simulation, 1).contains("/v1/r-id/workspaces/w/"))
    }

    @Test func aWorkspaceThatHasMovedTakesItsTargetsAlong() throws {
        var asked = 0
        var simulation = try simulation(["workspace.id": "name:W"]) { order, _ in
            asked += 1
            return (.found("\(order.search.name)-\(asked)"), .stored)
        }
        for name in ["name:a", "b"] { _ = try simulation.take("{}", to: name) }
        var sent = 0
        try simulation.run { _ in
            sent += 1
            return sent == 1 ? .wrongEndpoint : .stored
        }
        #expect(simulation.stored.count == 2)
        #expect(simulation.now == Self.begin)
        _ = try simulation.take("{}", to: "name:a")
        try simulation.run { _ in .stored }
        #expect(url(simulation, 1).contains("/workspaces/W-3/soc/datapanel/a-"))
        #expect(url(simulation, 2).contains("/workspaces/W-3/soc/datapanel/b/"))
    }

    @Test func aWorkspaceThatStaysChangesNothing() throws {
        var simulation = try simulation(["workspace.id": "name:W"]) { found($0, $1) }
        for name in ["a", "b"] { _ = try simulation.take("{}", to: name) }
        var sent = 0
        try simulation.run(requests: 2) { _ in
            sent += 1
            return sent == 1 ? .wrongEndpoint : .stored
        }
        #expect(simulation.lookups.map(\.name) == ["W", "W"])
        #expect(simulation.state.targets.map(\.isBlocked) == [false, true, false])
    }

    // MARK: credentials

    @Test func aLookUpWaitsForAToken() throws {
        let settings = [
            "auth": "password", "auth.user": "u", "auth.password": "secret", "auth.domain": "d",
        ]
        var simulation = try simulation(settings) { found($0, $1) }
        let end = Self.begin + 60_000
        simulation.iam = { now in
            now >= end
                ? .proof(.token("a token"), life: 86_400_000)
                : .failure(.passing, DatapanelError(.server, "down"), retryAfter: nil)
        }
        _ = try simulation.take("{}")
        try simulation.run { _ in .stored }
        #expect(simulation.stored == ["{}"])
        #expect(simulation.lookups.count == 1)
        #expect(simulation.lookups.allSatisfy { $0.time >= end })
    }

    @Test func aRefusedTokenIsReplacedAtOnce() throws {
        let settings = [
            "auth": "password", "auth.user": "u", "auth.password": "secret", "auth.domain": "d",
        ]
        var asked = 0
        var simulation = try simulation(settings) { order, _ in
            asked += 1
            let refused = NameSearch.Answer.failure(.standing, Self.error, retryAfter: nil)
            return asked == 1 ? (refused, .unauthorized) : found(order)
        }
        simulation.iam = { _ in .proof(.token("a token"), life: 86_400_000) }
        _ = try simulation.take("{}")
        try simulation.run { _ in .stored }
        #expect(simulation.stored == ["{}"])
        #expect(simulation.tokenRequests == [Self.begin, Self.begin])
        #expect(simulation.now == Self.begin)
    }

    private static let keys = [
        "auth": "aksk", "auth.access_key": "a", "auth.secret_key": "s", "batch.objects": "1",
    ]

    @Test func oneCallAtATimeProvesTheKeys() throws {
        var simulation = try simulation(Self.keys) { found($0, $1) }
        for name in ["name:a", "name:b", "c"] { _ = try simulation.take("{}", to: name) }
        var state = simulation.state
        let now = simulation.now
        let order = try lookup(&state, now)
        let second = state.neededLookup(now: now)
        #expect(second == nil)
        let early = state.next(now: now)
        #expect(early == nil)
        end(&state, order, found(order).0, now)
        let third = state.neededLookup(now: now)
        #expect(third != nil)
        let late = state.next(now: now)
        #expect(late != nil)
    }

    @Test func refusedKeysHaveARest() throws {
        var asked = 0
        var simulation = try simulation(Self.keys) { order, _ in
            asked += 1
            return asked < 4
                ? (.failure(.standing, Self.error, retryAfter: nil), .unauthorized) : found(order)
        }
        for name in ["name:a", "name:b", "c"] { _ = try simulation.take("{}", to: name) }
        try simulation.run { _ in .stored }
        #expect(simulation.stored.count == 3)
        let refused = simulation.lookups.prefix(4).map(\.time)
        #expect(refused == (0..<4).map { Self.begin + $0 * 300_000 })
    }

    @Test func lookUpsCountAsRequests() throws {
        var simulation = try simulation(["rate.requests": "1"]) { found($0, $1) }
        for number in 0..<10 { _ = try simulation.take("{}", to: "name:n\(number)") }
        try simulation.run { _ in .stored }
        // A second's worth is saved up at the begin.
        #expect(simulation.now - Self.begin >= 18_000)
    }
}
