// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Foundation
import Testing

/// Tokens that IAM gives for a password: renewed, shared, and missing.
struct TokenTests {
    private static let iam = "/v3/auth/tokens"

    /// Its tokens are good for so many requests, or for a day.
    private func emulator(tokenUses: Int? = nil, length: Int = 2_000) throws -> Emulator {
        var options = Emulator.Options()
        options.tokenUses = tokenUses
        options.tokenLength = length
        return try Emulator.start(options)
    }

    private func settings(
        _ emulator: Emulator, _ more: [String: String] = [:]
    ) -> [String: String] {
        let account = emulator.options.account
        let all = [
            "auth": "password", "auth.token": "", "auth.user": account.user,
            "auth.password": account.password, "auth.domain": account.domain,
            "iam.endpoint": emulator.url,
        ]
        return all.merging(more) { $1 }
    }

    // MARK: one renewal for each end of a token

    @Test func aTokenThatEndsWithEveryRequestIsRenewedEachTime() throws {
        let emulator = try emulator(tokenUses: 1)
        let session = try Session(emulator.url, settings(emulator))
        var stored = 0
        for number in 0..<2_000 {
            if try session.submit(["{\"n\":\(number)}"]).isStored { stored += 1 }
        }
        #expect(stored == 2_000)
        #expect(emulator.stats.objects == 2_000)
        #expect(emulator.stats.goodTokenRequests == 2_000)
        #expect(emulator.stats.refusedTokenRequests == 0)
        #expect(emulator.stats.byStatus[401] == 1_999)
    }

    @Test func threadsShareARenewal() throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, settings(emulator))
        let failed = Counter()
        // A client is safe on many threads at once; the compiler cannot know.
        nonisolated(unsafe) let shared = session
        for round in 0..<500 {
            emulator.revokeTokens()
            DispatchQueue.concurrentPerform(iterations: 4) { thread in
                let outcome = try? shared.submit(["{\"n\":\(4 * round + thread)}"])
                if outcome?.isStored != true { failed.add() }
            }
        }
        #expect(failed.count == 0)
        #expect(emulator.stats.objects == 2_000)
        #expect(emulator.stats.goodTokenRequests == 500)
    }

    @Test func aProducerRenewsATokenThatEndsWithEveryRequest() throws {
        let emulator = try emulator(tokenUses: 1)
        let stream = try Stream(
            emulator.url, settings(emulator, ["batch.objects": "1", "inflight": "1"]))
        for object in objects(2_000) { #expect(stream.send(object).0 == DP_OK) }
        let reports = stream.reports(2_000, within: 120)
        #expect(reports.count == 2_000)
        #expect(reports.allSatisfy { $0.code == DP_OK && !$0.isPossibleDuplicate })
        #expect(emulator.stats.objects == 2_000)
        #expect(emulator.stats.goodTokenRequests == 2_000)
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
        #expect(emulator.stats.goodTokenRequests == 51)
    }

    @Test func aLongTokenIsSentWhole() throws {
        let emulator = try emulator(length: 65_535)
        let session = try Session(emulator.url, settings(emulator))
        #expect(try session.submit(objects(1)).isStored)
    }

    // MARK: a wrong password

    @Test func aWrongPasswordIsTriedOnceByAClient() throws {
        let emulator = try emulator()
        let session = try Session(
            emulator.url, settings(emulator, ["auth.password": "not-this-one"]))
        for _ in 0..<20 {
            let outcome = try session.submit(objects(1))
            #expect(outcome.code == DP_E_AUTH)
            #expect(outcome.message.contains("set the right auth.password"))
            #expect(outcome.message.contains("The username or password is wrong."))
            #expect(!outcome.message.contains("not-this-one"))
            #expect(outcome.stored == "no")
        }
        #expect(emulator.stats.refusedTokenRequests == 1)
        #expect(session.set("auth.domain", emulator.options.account.domain) == DP_OK)
        #expect(try session.submit(objects(1)).code == DP_E_AUTH)
        #expect(emulator.stats.refusedTokenRequests == 1)
        #expect(session.set("auth.password", emulator.options.account.password) == DP_OK)
        #expect(try session.submit(objects(1)).isStored)
        #expect(emulator.stats.goodTokenRequests == 1)
    }

    @Test func aWrongPasswordIsTriedOnceByAProducer() throws {
        let emulator = try emulator()
        let stream = try Stream(
            emulator.url, settings(emulator, ["auth.password": "not-this-one"]))
        for object in objects(200) { #expect(stream.send(object).0 == DP_OK) }
        #expect(stream.tells("set the right auth.password"))
        #expect(stream.stats("json")?.contains("not-this-one") == false)
        // Other settings are no reason to try again.
        for _ in 0..<20 {
            #expect(stream.set("debug", "") == DP_OK)
            #expect(stream.flush(1) == DP_E_WAIT)
        }
        #expect(stream.queued == 200)
        #expect(emulator.stats.refusedTokenRequests == 1)
        #expect(stream.set("auth.password", emulator.options.account.password) == DP_OK)
        #expect(stream.reports(200).allSatisfy { $0.code == DP_OK })
        #expect(emulator.stats.objects == 200)
        #expect(stream.stats("json")?.contains("\"blocked_by\":null") == true)
    }

    @Test func anotherTokenReleasesWhatWaits() throws {
        let emulator = try emulator()
        let stream = try Stream(emulator.url, ["auth.token": "stale"])
        for object in objects(200) { #expect(stream.send(object).0 == DP_OK) }
        #expect(stream.tells("\"blocked_by\":\"POST"))
        #expect(stream.queued == 200)
        #expect(stream.set("auth.token", emulator.options.token) == DP_OK)
        #expect(stream.reports(200).allSatisfy { $0.code == DP_OK })
        #expect(emulator.stats.objects == 200)
    }

    // MARK: an IAM that is down or slow

    @Test(arguments: [
        Fault.Effect.reply(status: 503), .reply(status: 429), .drop(.headers, .reset),
        .drop(.body, .close), .stall(),
    ])
    func objectsWaitWhileIAMIsDown(_ effect: Fault.Effect) throws {
        let emulator = try emulator()
        emulator.add(Fault(effect, times: 0, path: Self.iam))
        let short = ["request.timeout": "1s"]
        let stream = try Stream(emulator.url, settings(emulator, short))
        for object in objects(200) { #expect(stream.send(object).0 == DP_OK) }
        #expect(stream.tells("\"blocked_by\":\"no token from IAM: POST"))
        let session = try Session(emulator.url, settings(emulator, short))
        let outcome = try session.submit(objects(1), timeout: 100)
        #expect(outcome.code != DP_OK && outcome.code != DP_E_AUTH)
        #expect(outcome.stored == "no")
        #expect(outcome.message.contains("no token from IAM"))
        #expect(stream.queued == 200)
        emulator.clearFaults()
        #expect(stream.reports(200).allSatisfy { $0.code == DP_OK })
        #expect(try session.submit(objects(1), timeout: 10_000).isStored)
        #expect(emulator.stats.objects == 201)
    }

    @Test func objectsWaitWhileNobodyListensWhereIAMIs() throws {
        let emulator = try emulator()
        let relay = try Relay(to: emulator.port)
        let away = settings(emulator, ["iam.endpoint": "http://127.0.0.1:\(relay.port)"])
        let stream = try Stream(emulator.url, away)
        for object in objects(200) { #expect(stream.send(object).0 == DP_OK) }
        #expect(stream.tells("no connection to the host"))
        let session = try Session(emulator.url, away)
        #expect(try session.submit(objects(1), timeout: 100).code == DP_E_CONNECT)
        #expect(emulator.stats.requests == 0)
        try relay.start()
        #expect(stream.reports(200).allSatisfy { $0.code == DP_OK })
        #expect(try session.submit(objects(1)).isStored)
        #expect(emulator.stats.goodTokenRequests == 2)
    }

    @Test func aSlowIAMIsWaitedFor() throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, settings(emulator))
        emulator.add(Fault(.none, path: Self.iam, delayMilliseconds: 300))
        #expect(try session.submit(objects(1)).isStored)
        #expect(try session.submit(objects(1)).isStored)
        #expect(emulator.stats.goodTokenRequests == 1)
    }

    // MARK: a service that takes no token

    @Test func aServiceThatRefusesEveryTokenIsNamed() throws {
        let emulator = try emulator()
        emulator.add(Fault(.reply(status: 401), times: 0, path: "batch-create"))
        let session = try Session(emulator.url, settings(emulator))
        let outcome = try session.submit(objects(1))
        #expect(outcome.code == DP_E_AUTH)
        #expect(outcome.attempts == "2")
        #expect(outcome.message.contains("401"))
        #expect(emulator.stats.goodTokenRequests == 2)
        emulator.clearFaults()
        #expect(try session.submit(objects(1)).isStored)
    }

    @Test func aServiceThatRefusesEveryTokenBlocksAProducer() throws {
        let emulator = try emulator()
        emulator.add(Fault(.reply(status: 401), times: 0, path: "batch-create"))
        let stream = try Stream(emulator.url, settings(emulator, ["linger": "1m"]))
        for object in objects(90) { #expect(stream.send(object).0 == DP_OK) }
        _ = stream.flush(0)
        #expect(stream.waits(for: "attempts_total", atLeast: 2))
        #expect(stream.tells("\"blocked_by\":\"POST"))
        #expect(stream.queued == 90)
        // One for the probe may be there already.
        #expect((2...3).contains(emulator.stats.goodTokenRequests))
        emulator.clearFaults()
        #expect(stream.reports(90, urged: true).allSatisfy { $0.code == DP_OK })
        #expect(emulator.stats.objects == 90)
    }
}

/// Counts on any thread.
private final class Counter: Sendable {
    private let value = NSLock()
    nonisolated(unsafe) private var number = 0

    func add() { value.withLock { number += 1 } }

    var count: Int { value.withLock { number } }
}
