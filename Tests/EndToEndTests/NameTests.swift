// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Foundation
import Testing

/// Data classes by name in a producer: found, missing, moved.
struct NameTests {
    static let alert = "name:Alert"
    static let lists = "dataclasses"

    private func emulator() throws -> Emulator {
        var options = Emulator.Options()
        options.recordedRequests = 10_000
        return try Emulator.start(options)
    }

    private func send(_ stream: Stream, _ count: Int, to target: String = alert) {
        for object in objects(count) { #expect(stream.send(object, to: target).0 == DP_OK) }
    }

    private func lookups(_ emulator: Emulator) -> Int {
        emulator.requests.filter { $0.target.contains(Self.lists) }.count
    }

    @Test func aNameIsLookedUpOnce() throws {
        let emulator = try emulator()
        let stream = try Stream(emulator.url, ["batch.objects": "1"])
        send(stream, 200)
        #expect(stream.reports(200).allSatisfy { $0.code == DP_OK && $0.attempts == 1 })
        #expect(emulator.objects(dataclass: DataClass.alert.id).count == 200)
        #expect(lookups(emulator) == 1)
        #expect(stream.count("lookups_total") == 1)
        #expect(stream.tells("\"target\":\"name:Alert\",\"id\":\"\(DataClass.alert.id)\""))
    }

    @Test func eachOfManyNamesHasItsObjects() throws {
        let emulator = try emulator()
        for number in 0..<150 {
            #expect(emulator.put(DataClass(id: "id-\(number)", name: "Class \(number)")))
        }
        let stream = try Stream(emulator.url)
        for round in 0..<3 {
            for number in 0..<150 {
                let object = "{\"class\":\(number),\"round\":\(round)}"
                #expect(stream.send(object, to: "name:Class \(number)").0 == DP_OK)
            }
        }
        #expect(stream.reports(450).allSatisfy { $0.code == DP_OK })
        for number in 0..<150 {
            let stored = emulator.objects(dataclass: "id-\(number)")
            #expect(stored.count == 3)
            let all = stored.map { String(decoding: $0, as: UTF8.self) }
            #expect(all.allSatisfy { $0.contains("\"class\":\(number),") })
        }
        #expect(stream.count("lookups_total") == 150)
    }

    // MARK: look-ups that fail

    @Test(arguments: [
        Fault.Effect.reply(status: 429), .reply(status: 503), .reply(status: 500),
        .drop(.headers, .reset), .drop(.body, .close), .truncate(bytes: 10), .stall(),
    ])
    func objectsWaitWhileALookUpFails(_ effect: Fault.Effect) throws {
        let emulator = try emulator()
        emulator.add(Fault(effect, times: 0, path: Self.lists))
        let stream = try Stream(emulator.url, ["request.timeout": "1s"])
        send(stream, 100)
        #expect(stream.waits(for: "lookups_total", atLeast: 3))
        #expect(stream.tells("\"blocked_by\":\"GET "))
        #expect(stream.queued == 100)
        // Others do not wait for it.
        #expect(stream.send("{}").0 == DP_OK)
        #expect(stream.reports(1).allSatisfy { $0.code == DP_OK })
        emulator.clearFaults()
        #expect(stream.reports(100).allSatisfy { $0.code == DP_OK && !$0.isPossibleDuplicate })
        #expect(emulator.stats.objects == 101)
        #expect(stream.stats("json")?.contains("\"blocked_by\":null") == true)
    }

    @Test func objectsWaitUntilTheServiceIsThere() throws {
        let emulator = try emulator()
        let relay = try Relay(to: emulator.port)
        let stream = try Stream("http://127.0.0.1:\(relay.port)")
        send(stream, 100)
        #expect(stream.tells("no connection to the host"))
        try relay.start()
        #expect(stream.reports(100).allSatisfy { $0.code == DP_OK })
        #expect(emulator.stats.objects == 100)
    }

    /// What a restarted service has under a name need not be what it had before.
    @Test func aRestartedServiceIsFollowed() throws {
        let first = try emulator()
        let relay = try Relay(to: first.port)
        try relay.start()
        let stream = try Stream("http://127.0.0.1:\(relay.port)")
        send(stream, 50)
        #expect(stream.reports(50).allSatisfy { $0.code == DP_OK })
        let second = try emulator()
        #expect(second.removeDataclass(id: DataClass.alert.id))
        #expect(second.put(DataClass(id: "another", name: "Alert")))
        relay.lead(to: second.port)
        first.stop()
        send(stream, 50)
        let reports = stream.reports(50)
        #expect(reports.allSatisfy { $0.code == DP_OK })
        #expect(second.objects(dataclass: "another").count == 50)
    }

    @Test func whatExpiresTellsWhy() throws {
        let emulator = try emulator()
        emulator.add(Fault(.reply(status: 503), times: 0, path: Self.lists))
        let stream = try Stream(
            emulator.url, ["delivery.timeout": "200ms", "request.timeout": "100ms"])
        send(stream, 10)
        let reports = stream.reports(10)
        #expect(reports.allSatisfy { $0.code == DP_E_EXPIRED && $0.stored == DP_STORED_NO })
        #expect(reports.allSatisfy { $0.message.contains("delivery.timeout") })
        #expect(reports.allSatisfy { $0.message.contains("soc/dataclasses?name=Alert") })
        #expect(reports.allSatisfy { $0.payload != nil })
    }

    // MARK: names of nothing, and of several

    @Test func aMissingNameKeepsItsObjectsUntilItIsThere() throws {
        let emulator = try emulator()
        let stream = try Stream(emulator.url)
        send(stream, 30, to: "name:Allert")
        #expect(stream.tells("the nearest: \\\"Alert\\\""))
        #expect(stream.flush(1) == DP_E_WAIT)
        #expect(stream.queued == 30)
        #expect(emulator.put(DataClass(id: "new", name: "Allert")))
        #expect(stream.reports(30, urged: true).allSatisfy { $0.code == DP_OK })
        #expect(emulator.objects(dataclass: "new").count == 30)
    }

    @Test func aNameOfSeveralIsTold() throws {
        let emulator = try emulator()
        for id in ["t1", "t2"] { #expect(emulator.put(DataClass(id: id, name: "Twin"))) }
        let stream = try Stream(emulator.url)
        send(stream, 1, to: "name:Twin")
        #expect(stream.tells("more than one data class: t1 (Twin), t2 (Twin)"))
        #expect(emulator.removeDataclass(id: "t1"))
        #expect(stream.reports(1, urged: true).allSatisfy { $0.code == DP_OK })
        #expect(emulator.objects(dataclass: "t2").count == 1)
    }

    @Test func whatWaitsForANameCanBePurged() throws {
        let emulator = try emulator()
        let stream = try Stream(emulator.url)
        send(stream, 10, to: "name:Allert")
        send(stream, 10)
        #expect(stream.tells("the nearest"))
        #expect(stream.purge("name:Allert") == (Int(DP_OK), 10))
        let reports = stream.reports(20)
        #expect(reports.filter { $0.code == DP_E_CANCELLED }.count == 10)
        #expect(reports.filter { $0.code == DP_OK }.count == 10)
        #expect(stream.flush() == DP_OK)
    }

    @Test func closingHandsBackWhatWaitsForAName() throws {
        let emulator = try emulator()
        let stream = try Stream(emulator.url)
        send(stream, 10, to: "name:Allert")
        #expect(stream.tells("the nearest"))
        let (code, left) = stream.close(0)
        #expect(code == DP_E_CANCELLED)
        #expect(left.count == 10)
        #expect(left.allSatisfy { $0.stored == DP_STORED_NO && $0.payload != nil })
        #expect(left.allSatisfy { $0.message.contains("no data class has the name") })
    }

    @Test func flushWaitsForTheLookUp() throws {
        let emulator = try emulator()
        emulator.add(Fault(.none, path: Self.lists, delayMilliseconds: 200))
        let stream = try Stream(emulator.url, ["linger": "1m"])
        send(stream, 10)
        #expect(stream.flush() == DP_OK)
        #expect(emulator.stats.objects == 10)
    }

    // MARK: names that move

    @Test(arguments: [404, 400])
    func aNameIsFollowedToItsNewId(_ status: Int) throws {
        let emulator = try emulator()
        let stream = try Stream(emulator.url, ["batch.objects": "1"])
        send(stream, 10)
        #expect(stream.reports(10).allSatisfy { $0.code == DP_OK })
        for round in 0..<5 {
            let old = round == 0 ? DataClass.alert.id : "alert-\(round - 1)"
            #expect(emulator.removeDataclass(id: old, status: status))
            #expect(emulator.put(DataClass(id: "alert-\(round)", name: "Alert")))
            send(stream, 20)
            #expect(stream.reports(20).allSatisfy { $0.code == DP_OK })
            #expect(emulator.objects(dataclass: "alert-\(round)").count == 20)
        }
        #expect(stream.count("lookups_total") == 6)
        #expect(stream.count("splits_total") == 0)
    }

    @Test func aNameThatGoesIsWaitedFor() throws {
        let emulator = try emulator()
        let stream = try Stream(emulator.url)
        send(stream, 10)
        #expect(stream.reports(10).allSatisfy { $0.code == DP_OK })
        #expect(emulator.removeDataclass(id: DataClass.alert.id))
        send(stream, 10)
        #expect(stream.tells("\"blocked_by\":\"no data class has the name \\\"Alert\\\""))
        #expect(stream.queued == 10)
        #expect(emulator.put(DataClass(id: "back", name: "Alert")))
        #expect(stream.reports(10, urged: true).allSatisfy { $0.code == DP_OK })
        #expect(emulator.objects(dataclass: "back").count == 10)
    }

    /// The id is still the one that the name has: the table says what follows.
    @Test func another404BlocksTheTarget() throws {
        let emulator = try emulator()
        emulator.add(Fault(.reply(status: 404), times: 0, path: "batch-create"))
        let stream = try Stream(emulator.url)
        send(stream, 10)
        #expect(stream.waits(for: "lookups_total", atLeast: 2))
        #expect(stream.tells("\"blocked_by\":\"POST "))
        #expect(stream.count("attempts_total") == 1)
        emulator.clearFaults()
        #expect(stream.reports(10, urged: true).allSatisfy { $0.code == DP_OK })
        #expect(stream.count("lookups_total") == 2)
    }
}
