// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Foundation
import Testing

/// A region and names are enough: project and workspace are found, by clients and by producers.
struct PlaceTests {
    private func emulator() throws -> Emulator {
        var options = Emulator.Options()
        options.recordedRequests = 10_000
        return try Emulator.start(options)
    }

    private static func credentials(_ kind: String) -> [String: String] {
        let account = Account()
        return switch kind {
        case "password":
            [
                "auth": "password", "auth.token": "", "auth.user": account.user,
                "auth.password": account.password, "auth.domain": account.domain,
            ]
        case "aksk":
            [
                "auth": "aksk", "auth.token": "", "auth.access_key": AccessKey.permanent.access,
                "auth.secret_key": AccessKey.permanent.secret,
            ]
        default: [:]
        }
    }

    private func settings(_ emulator: Emulator, _ kind: String = "token") -> [String: String] {
        [
            "region": emulator.options.region, "iam.endpoint": emulator.url, "project.id": "",
            "workspace.id": "name:demo",
        ].merging(Self.credentials(kind)) { $1 }
    }

    private func gets(_ emulator: Emulator) -> [String] {
        emulator.requests.filter { $0.method == "GET" }.map(\.target)
    }

    @Test(arguments: ["token", "password", "aksk"])
    func aClientFindsItsPlaceOnce(_ kind: String) throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, settings(emulator, kind))
        for _ in 0..<3 {
            let outcome = try session.submit(objects(2), to: "name:Alert")
            #expect(outcome.isStored, "\(outcome.message)")
        }
        #expect(emulator.objects(dataclass: DataClass.alert.id).count == 6)
        #expect(try session.submit(objects(1)).isStored)
        #expect(gets(emulator).count == 3)
    }

    @Test(arguments: ["token", "password", "aksk"])
    func aProducerFindsItsPlaceOnce(_ kind: String) throws {
        let emulator = try emulator()
        let stream = try Stream(emulator.url, settings(emulator, kind))
        for object in objects(100) {
            #expect(stream.send(object, to: "name:Alert").0 == DP_OK)
            #expect(stream.send(object).0 == DP_OK)
        }
        #expect(stream.reports(200).allSatisfy { $0.code == DP_OK })
        #expect(emulator.objects(dataclass: DataClass.alert.id).count == 200)
        #expect(gets(emulator).count == 3)
    }

    @Test func aSignedCallOfAPlaceThatWasFoundCarriesItsProject() throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, settings(emulator, "aksk"))
        #expect(try session.submit(objects(1)).isStored)
        let projects = emulator.requests.map { $0.header("X-Project-Id") }
        #expect(projects == [nil, emulator.options.project, emulator.options.project])
    }

    @Test func aProjectCanHaveAnotherNameThanItsRegion() throws {
        let emulator = try emulator()
        var settings = settings(emulator)
        settings["project.id"] = "name:twin"
        let session = try Session(emulator.url, settings)
        let outcome = try session.submit(objects(1))
        #expect(outcome.code == DP_E_NAME)
        #expect(outcome.message.contains("more than one project"))
        #expect(outcome.stored == "no")
        let stream = try Stream(emulator.url, settings)
        #expect(stream.send("{}").0 == DP_OK)
        #expect(stream.tells("more than one project"))
        #expect(stream.queued == 1)
    }

    @Test func aWorkspaceThatIsMissingIsNamed() throws {
        let emulator = try emulator()
        var settings = settings(emulator)
        settings["workspace.id"] = "name:demos"
        let session = try Session(emulator.url, settings)
        let outcome = try session.submit(objects(1), to: "name:Alert")
        #expect(outcome.code == DP_E_NAME)
        #expect(outcome.message.contains("the nearest: \"demo\""))
        let stream = try Stream(emulator.url, settings)
        #expect(stream.send("{}", to: "name:Alert").0 == DP_OK)
        #expect(stream.tells("the nearest: \\\"demo\\\""))
    }

    // MARK: threads

    @Test func threadsShareALookUp() throws {
        let emulator = try emulator()
        emulator.add(Fault(.none, times: 0, path: "dataclasses", delayMilliseconds: 200))
        let session = try Session(emulator.url)
        let failed = Counter()
        // A client is safe on many threads at once; the compiler cannot know.
        nonisolated(unsafe) let shared = session
        together(16) { thread in
            let outcome = try? shared.submit(["{\"n\":\(thread)}"], to: "name:Alert")
            if outcome?.isStored != true { failed.add() }
        }
        #expect(failed.count == 0)
        #expect(emulator.stats.objects == 16)
        #expect(gets(emulator).count == 1)
    }

    @Test func threadsShareANameThatIsMissing() throws {
        let emulator = try emulator()
        emulator.add(Fault(.none, times: 0, path: "dataclasses", delayMilliseconds: 200))
        let session = try Session(emulator.url)
        let failed = Counter()
        nonisolated(unsafe) let shared = session
        together(8) { _ in
            let outcome = try? shared.submit(["{}"], to: "name:Allert")
            if outcome.map({ Int($0.code) }) == Int(DP_E_NAME) { failed.add() }
        }
        #expect(failed.count == 8)
        // Three lists tell that a name is missing. Who comes late asks anew.
        #expect(gets(emulator).count < 8 * 3)
    }

    /// The thread that looks the name up has no more time; the one that waits for it has.
    @Test func whoHasMoreTimeTriesForItself() throws {
        let emulator = try emulator()
        emulator.add(Fault(.stall(), path: "dataclasses"))
        let session = try Session(emulator.url)
        let stored = Counter()
        nonisolated(unsafe) let shared = session
        together(2) { thread in
            let deadline = ContinuousClock.now + .seconds(10)
            while thread == 1, emulator.stats.requests == 0, ContinuousClock.now < deadline {}
            let outcome = try? shared.submit(
                ["{}"], to: "name:Alert", timeout: thread == 0 ? 300 : 10_000)
            if outcome?.isStored == true { stored.add() }
        }
        #expect(stored.count == 1)
        #expect(gets(emulator).count == 2)
    }

    @Test func threadsFollowANameTogether() throws {
        let emulator = try emulator()
        let session = try Session(emulator.url)
        #expect(try session.submit(["{}"], to: "name:Alert").isStored)
        let failed = Counter()
        nonisolated(unsafe) let shared = session
        for round in 0..<20 {
            let old = round == 0 ? DataClass.alert.id : "alert-\(round - 1)"
            #expect(emulator.removeDataclass(id: old))
            #expect(emulator.put(DataClass(id: "alert-\(round)", name: "Alert")))
            together(4) { _ in
                let outcome = try? shared.submit(["{}"], to: "name:Alert")
                if outcome?.isStored != true { failed.add() }
            }
        }
        #expect(failed.count == 0)
        #expect(emulator.stats.objects == 81)
        #expect(gets(emulator).count == 21)
    }
}

/// Does something on so many threads at once, however few processors there are.
private func together(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        Thread.detachNewThread {
            body(number)
            group.leave()
        }
    }
    group.wait()
}

/// Counts on any thread.
private final class Counter: Sendable {
    private let value = NSLock()
    nonisolated(unsafe) private var number = 0

    func add() { value.withLock { number += 1 } }

    var count: Int { value.withLock { number } }
}
