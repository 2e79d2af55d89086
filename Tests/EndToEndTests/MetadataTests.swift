// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Foundation
import Testing

/// Keys that a metadata service gives for a time: renewed, shared, and missing. The emulator is
/// that service; the real one's address is never used.
struct MetadataTests {
    private static let keys = "/openstack/latest/securitykey"
    private static let token = "/meta-data/latest/api/token"

    private func emulator(keySeconds: Int = 86_400) throws -> Emulator {
        var options = Emulator.Options()
        options.keySeconds = keySeconds
        options.lockOut = true
        options.recordedRequests = 20_000
        return try Emulator.start(options)
    }

    private func settings(
        _ emulator: Emulator, _ more: [String: String] = [:]
    ) -> [String: String] {
        ["auth": "default", "auth.token": "", "metadata.endpoint": emulator.url]
            .merging(more) { $1 }
    }

    private func keyRequests(_ emulator: Emulator) -> Int {
        emulator.requests.count { $0.target == Self.keys }
    }

    /// Waits until the statistics of a producer have these words, for ten seconds at the most.
    private func tells(_ stream: Stream, _ words: String) -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while stream.stats("json")?.contains(words) != true {
            if ContinuousClock.now > deadline { return false }
        }
        return true
    }

    // MARK: one renewal for each end of the keys

    @Test func callsAreSignedWithKeysOfTheMetadataService() throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, settings(emulator))
        for _ in 0..<3 { #expect(try session.submit(objects(1)).isStored) }
        let requests = emulator.requests
        #expect(requests.map(\.method) == ["PUT", "GET", "POST", "POST", "POST"])
        #expect(requests[0].target == Self.token)
        #expect(requests[0].header("Content-Length") == "0")
        #expect(requests[1].target == Self.keys)
        #expect(requests[1].header("X-Metadata-Token") != nil)
        #expect(requests[2].header("X-Security-Token") != nil)
        #expect(requests[2].header("X-Auth-Token") == nil)
    }

    @Test func keysThatEndWithEveryRequestAreRenewedEachTime() throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, settings(emulator))
        var stored = 0
        for number in 0..<2_000 {
            emulator.revokeTokens()
            if try session.submit(["{\"n\":\(number)}"]).isStored { stored += 1 }
        }
        #expect(stored == 2_000)
        #expect(emulator.stats.objects == 2_000)
        #expect(emulator.stats.byStatus[401] == 1_999)
        #expect(keyRequests(emulator) == 2_000)
    }

    @Test func threadsShareARenewal() throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, settings(emulator))
        let failed = Counter()
        // A client is safe on many threads at once; the compiler cannot know.
        nonisolated(unsafe) let shared = session
        for round in 0..<200 {
            emulator.revokeTokens()
            DispatchQueue.concurrentPerform(iterations: 4) { thread in
                let outcome = try? shared.submit(["{\"n\":\(4 * round + thread)}"])
                if outcome?.isStored != true { failed.add() }
            }
        }
        #expect(failed.count == 0)
        #expect(emulator.stats.objects == 800)
        #expect(keyRequests(emulator) == 200)
    }

    @Test func requestsUnderWayShareARenewal() throws {
        let emulator = try emulator()
        let stream = try Stream(
            emulator.url, settings(emulator, ["batch.objects": "1", "inflight": "8"]))
        var ended = 0
        var reports: [Stream.Report] = []
        for _ in 0..<50 {
            for object in objects(40) { #expect(stream.send(object).0 == DP_OK) }
            reports += stream.reports(40)
            ended += emulator.revokeTokens()
        }
        _ = stream.send("{}")
        reports += stream.reports(2_001 - reports.count)
        #expect(reports.count == 2_001)
        #expect(reports.allSatisfy { $0.code == DP_OK && !$0.isPossibleDuplicate })
        #expect(emulator.stats.objects == 2_001)
        #expect(ended == 50)
        #expect(keyRequests(emulator) == 51)
    }

    @Test func keysThatLiveForSecondsAreRenewedOverAndOver() throws {
        let emulator = try emulator(keySeconds: 3)
        let session = try Session(emulator.url, settings(emulator))
        let deadline = ContinuousClock.now + .seconds(60)
        var failures = 0
        var count = 0
        while keyRequests(emulator) < 4, ContinuousClock.now < deadline {
            count += 1
            if try !session.submit(objects(1)).isStored { failures += 1 }
        }
        #expect(keyRequests(emulator) == 4)
        #expect(failures == 0)
        #expect(emulator.stats.objects == count)
    }

    @Test func aClockThatIsOffIsNoReasonForNewKeys() throws {
        let emulator = try emulator()
        emulator.setClock(offsetSeconds: 86_400)
        let session = try Session(emulator.url, settings(emulator))
        for _ in 0..<3 { #expect(try session.submit(objects(1)).isStored) }
        #expect(emulator.stats.byStatus[401] == 1)
        #expect(keyRequests(emulator) == 1)
    }

    // MARK: the way there

    @Test func noProxyIsAsked() throws {
        let emulator = try emulator()
        let session = try Session(
            emulator.url, settings(emulator, ["proxy": "http://127.0.0.1:1"]))
        let outcome = try session.submit(objects(1), timeout: 500)
        #expect(outcome.code != DP_OK && outcome.code != DP_E_AUTH)
        #expect(emulator.requests.map(\.method) == ["PUT", "GET"])
    }

    @Test func aProducerAsksNoProxyEither() throws {
        let emulator = try emulator()
        let stream = try Stream(
            emulator.url, settings(emulator, ["proxy": "http://127.0.0.1:1"]))
        #expect(stream.send("{}").0 == DP_OK)
        #expect(stream.waits(for: "attempts_total", atLeast: 1))
        #expect(emulator.requests.map(\.method) == ["PUT", "GET"])
    }

    @Test(arguments: [400, 404, 405, 503])
    func aServiceWithoutTokensGivesKeysAllTheSame(_ status: Int) throws {
        let emulator = try emulator()
        emulator.add(Fault(.reply(status: status), times: 0, path: Self.token))
        let session = try Session(emulator.url, settings(emulator))
        #expect(try session.submit(objects(1)).isStored)
        #expect(emulator.requests[1].header("X-Metadata-Token") == nil)
    }

    // MARK: without keys

    @Test func aServerWithoutAnAgencyIsToldOfEachPlace() throws {
        let emulator = try emulator()
        let none = "{\"message\":\"Please configure Cloud Service Agency first\"}"
        emulator.add(Fault(.reply(status: 401, body: none), times: 0, path: Self.keys))
        let session = try Session(emulator.url, settings(emulator))
        for _ in 0..<5 {
            let outcome = try session.submit(objects(1))
            #expect(Int(outcome.code) == DP_E_AUTH)
            #expect(outcome.stored == "no")
            for words in [
                "no credentials: the settings have no credentials", "HUAWEICLOUD_SDK_AK is not set",
                "the metadata service has none, GET \(emulator.url)\(Self.keys): 401",
                "give this server an agency",
            ] { #expect(outcome.message.contains(words)) }
        }
        #expect(keyRequests(emulator) == 1)
        emulator.clearFaults()
        // A person who mended it says so.
        #expect(session.set("metadata.endpoint", emulator.url) == DP_OK)
        #expect(try session.submit(objects(1)).isStored)
    }

    @Test func aServiceThatIsNotThereIsNotWaitedFor() throws {
        let emulator = try emulator()
        let away = settings(emulator, ["metadata.endpoint": "http://127.0.0.1:1"])
        let session = try Session(emulator.url, away)
        let outcome = try session.submit(objects(1), timeout: 60_000)
        #expect(Int(outcome.code) == DP_E_AUTH)
        #expect(outcome.message.contains("no credentials"))
        #expect(outcome.message.contains("no connection to the host"))
        #expect(emulator.stats.requests == 0)
    }

    @Test(arguments: [
        Fault.Effect.reply(status: 500), .reply(status: 429), .drop(.headers, .reset), .stall(),
    ])
    func objectsWaitForKeys(_ effect: Fault.Effect) throws {
        let emulator = try emulator()
        emulator.add(Fault(effect, times: 0, path: Self.keys))
        let stream = try Stream(emulator.url, settings(emulator, ["request.timeout": "100ms"]))
        for object in objects(200) { #expect(stream.send(object).0 == DP_OK) }
        #expect(tells(stream, "\"blocked_by\":\"no credentials: "))
        #expect(stream.queued == 200)
        emulator.clearFaults()
        // A busy machine may take longer, and what is sent again is there twice.
        #expect(stream.set("request.timeout", "60s") == DP_OK)
        #expect(stream.set("metadata.endpoint", emulator.url) == DP_OK)
        #expect(stream.reports(200).allSatisfy { $0.code == DP_OK })
        #expect(emulator.stats.objects == 200)
    }

    @Test(arguments: [
        [("auth.access_key", "AKEXAMPLE"), ("auth.secret_key", "SKEXAMPLE")],
        [("auth.token", "emulator-token")],
        [
            ("auth.user", "emulator-user"), ("auth.domain", "emulator-account"),
            ("auth.password", "emulator-password"),
        ],
    ])
    func credentialsThatAreSetReleaseWhatWaits(_ changes: [(String, String)]) throws {
        let emulator = try emulator()
        let away = settings(
            emulator, ["metadata.endpoint": "http://127.0.0.1:1", "iam.endpoint": emulator.url])
        let stream = try Stream(emulator.url, away)
        for object in objects(50) { #expect(stream.send(object).0 == DP_OK) }
        #expect(tells(stream, "\"blocked_by\":\"no credentials: "))
        let session = try Session(emulator.url, away)
        #expect(Int(try session.submit(objects(1)).code) == DP_E_AUTH)
        for (key, value) in changes {
            #expect(stream.set(key, value) == DP_OK)
            #expect(session.set(key, value) == DP_OK)
        }
        #expect(stream.reports(50).allSatisfy { $0.code == DP_OK })
        #expect(try session.submit(objects(1)).isStored)
        #expect(keyRequests(emulator) == 0)
    }

    /// Keys of an agency without rights are refused for ever: not one after the other.
    @Test func keysThatAreRefusedForEverAreNotAskedForInALoop() throws {
        let emulator = try emulator()
        emulator.add(Fault(.reply(status: 401), times: 0, path: "batch-create"))
        let session = try Session(emulator.url, settings(emulator))
        for _ in 0..<5 { #expect(Int(try session.submit(objects(1)).code) == DP_E_AUTH) }
        #expect(keyRequests(emulator) == 2)
        #expect(emulator.stats.byStatus[401] == 2)
    }
}

/// Counts on any thread.
private final class Counter: Sendable {
    private let value = NSLock()
    nonisolated(unsafe) private var number = 0

    func add() { value.withLock { number += 1 } }

    var count: Int { value.withLock { number } }
}
