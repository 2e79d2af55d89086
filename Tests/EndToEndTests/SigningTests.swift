// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Foundation
import Testing

/// Signed calls, against an emulator that checks each signature.
struct SigningTests {
    private static func settings(_ key: AccessKey) -> [String: String] {
        var settings = [
            "auth": "aksk", "auth.token": "", "auth.access_key": key.access,
            "auth.secret_key": key.secret,
        ]
        settings["auth.security_token"] = key.securityToken
        return settings
    }

    private static func wrong(_ key: AccessKey) -> AccessKey {
        AccessKey(access: key.access, secret: "another", securityToken: key.securityToken)
    }

    private func emulator(clock offset: Int = 0, keys: [AccessKey]? = nil) throws -> Emulator {
        var options = Emulator.Options()
        options.clockOffsetSeconds = offset
        options.lockOut = true
        if let keys { options.accessKeys = keys }
        return try Emulator.start(options)
    }

    private func expectRefused(_ message: String) {
        #expect(message.contains("401: the credentials were refused"))
        #expect(message.contains("APIGW.0301"))
        #expect(message.contains("verify aksk signature fail, canonicalRequest:POST|/v1/"))
        #expect(!message.contains("emulator-security-token"))
    }

    // MARK: a client

    @Test(arguments: [AccessKey.permanent, .temporary], [1, 100, 20_000])
    func aClientIsLetIn(_ key: AccessKey, _ count: Int) throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, Self.settings(key))
        for _ in 0..<2 { #expect(try session.submit(objects(count)).isStored) }
        #expect(emulator.stats.requests == 2)
        #expect(emulator.stats.objects == 2 * count)
    }

    @Test(arguments: ["pró ject+1", "a&b=c:d@e,f;g", "(x)!*'-._~", "50%", "%41", "a?b#c"])
    func idsOfAllKindsAreSigned(_ id: String) throws {
        var options = Emulator.Options()
        options.project = id
        options.workspace = id
        let emulator = try Emulator.start(options)
        let settings = ["project.id": id, "workspace.id": id]
        let session = try Session(
            emulator.url, Self.settings(.permanent).merging(settings) { $1 })
        #expect(try session.submit(objects(1)).isStored)
    }

    @Test(arguments: ["127.0.0.1", "127.1", "localhost", "LOCALHOST"])
    func theHostIsSignedAsItIsSent(_ host: String) throws {
        let emulator = try emulator()
        let endpoint = emulator.url.replacing("127.0.0.1", with: host)
        let session = try Session(endpoint, Self.settings(.permanent))
        #expect(try session.submit(objects(1)).isStored)
    }

    @Test(arguments: [AccessKey.permanent, .temporary])
    func aWrongKeyIsTriedOnce(_ key: AccessKey) throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, Self.settings(Self.wrong(key)))
        let outcome = try session.submit(objects(1))
        #expect(Int(outcome.code) == DP_E_AUTH)
        #expect(outcome.stored == "no")
        #expect(outcome.attempts == "1")
        expectRefused(outcome.message)
        #expect(emulator.stats.requests == 1)
    }

    @Test(arguments: [-86_400, -1_000, 1_000, 86_400])
    func aClockThatIsOffIsAllowedForFromThenOn(_ offset: Int) throws {
        let emulator = try emulator(clock: offset)
        let session = try Session(emulator.url, Self.settings(.permanent))
        #expect(try session.submit(objects(1)).isStored)
        #expect(emulator.stats.requests == 2)
        for _ in 0..<3 { #expect(try session.submit(objects(1)).isStored) }
        #expect(emulator.stats.requests == 5)
    }

    @Test func aClockThatIsOffIsNoReasonToTryAWrongKeyForEver() throws {
        let emulator = try emulator(clock: 5_000)
        let session = try Session(emulator.url, Self.settings(Self.wrong(.permanent)))
        let outcome = try session.submit(objects(1))
        #expect(Int(outcome.code) == DP_E_AUTH)
        expectRefused(outcome.message)
        #expect(emulator.stats.requests == 2)
    }

    /// More than five failures in a row would shut the key out, for everybody who uses it.
    @Test func threadsDoNotTryAWrongKeyOneAfterTheOther() throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, Self.settings(Self.wrong(.permanent)))
        // A client is safe on many threads at once; the compiler cannot know.
        nonisolated(unsafe) let shared = session
        DispatchQueue.concurrentPerform(iterations: 16) { _ in
            let outcome = try? shared.submit(objects(1))
            if Int(outcome?.code ?? 0) != DP_E_AUTH { Issue.record("not refused") }
        }
        #expect(emulator.stats.requests == 1)
        let outcome = try session.submit(objects(1))
        #expect(outcome.message.hasPrefix("not sent, as its signature would be refused"))
        #expect(outcome.message.contains("verify aksk signature fail"))
        #expect(outcome.stored == "no")
        #expect(emulator.stats.requests == 1)
    }

    @Test func aRightKeyIsTriedAtOnce() throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, Self.settings(Self.wrong(.permanent)))
        for _ in 0..<2 { #expect(Int(try session.submit(objects(1)).code) == DP_E_AUTH) }
        #expect(session.set("debug", "") == DP_OK)
        #expect(Int(try session.submit(objects(1)).code) == DP_E_AUTH)
        #expect(session.set("auth.secret_key", AccessKey.permanent.secret) == DP_OK)
        #expect(try session.submit(objects(1)).isStored)
        #expect(emulator.stats.requests == 2)
    }

    @Test func threadsShareAKeyThatIsRight() throws {
        let emulator = try emulator()
        let session = try Session(emulator.url, Self.settings(.permanent))
        nonisolated(unsafe) let shared = session
        DispatchQueue.concurrentPerform(iterations: 64) { _ in
            if (try? shared.submit(objects(1)))?.isStored != true { Issue.record("not stored") }
        }
        #expect(emulator.stats.objects == 64)
    }

    /// One call at a time until one was let in: a call that hangs must not hold the others.
    @Test func aCallWaitsForTheFirstNoLongerThanItMay() throws {
        let emulator = try emulator()
        emulator.add(Fault(.stall()))
        let session = try Session(emulator.url, Self.settings(.permanent))
        nonisolated(unsafe) let shared = session
        let first = Thread { _ = try? shared.submit(objects(1), timeout: 2_000) }
        first.start()
        while emulator.stats.requests == 0 {}
        let outcome = try session.submit(objects(1), timeout: 20)
        #expect(Int(outcome.code) == DP_E_AUTH)
        #expect(outcome.message.contains("by one call at a time"))
        #expect(try session.submit(objects(1)).isStored)
        #expect(emulator.stats.requests == 2)
    }

    @Test func eachAttemptIsSignedAnew() throws {
        let emulator = try emulator()
        emulator.add(Fault(.reply(status: 429), times: 3))
        let session = try Session(emulator.url, Self.settings(.permanent))
        let outcome = try session.submit(objects(3))
        #expect(outcome.isStored)
        #expect(emulator.stats.requests == 4)
    }

    // MARK: a producer

    @Test(arguments: [AccessKey.permanent, .temporary])
    func aProducerIsLetIn(_ key: AccessKey) throws {
        let emulator = try emulator()
        let settings = Self.settings(key).merging(["batch.objects": "10"]) { $1 }
        let stream = try Stream(emulator.url, settings)
        emulator.add(Fault(.reply(status: 429)), Fault(.reply(status: 413)))
        for object in objects(500) { #expect(stream.send(object).0 == DP_OK) }
        let reports = stream.reports(500)
        #expect(reports.count == 500)
        #expect(reports.allSatisfy { $0.code == DP_OK })
        #expect(emulator.stats.objects == 500)
    }

    @Test func aProducerAllowsForAClockThatIsOff() throws {
        let emulator = try emulator(clock: -5_000)
        // Each batch is filled, however slow the machine is.
        let settings = Self.settings(.permanent).merging(
            ["batch.objects": "10", "linger": "10s"]
        ) { $1 }
        let stream = try Stream(emulator.url, settings)
        for object in objects(500) { #expect(stream.send(object).0 == DP_OK) }
        let reports = stream.reports(500)
        #expect(reports.count == 500)
        #expect(reports.allSatisfy { $0.code == DP_OK })
        #expect(emulator.stats.requests == 51)
    }

    /// Whatever the targets: they have the key in common, and the sixth failure shuts it out.
    @Test func aProducerWaitsForTheRightKey() throws {
        let emulator = try emulator()
        let settings = Self.settings(Self.wrong(.permanent)).merging(["batch.objects": "1"]) { $1 }
        let stream = try Stream(emulator.url, settings)
        for (index, object) in objects(50).enumerated() {
            let target = DataClass.builtIn[index % DataClass.builtIn.count].id
            #expect(stream.send(object, to: target).0 == DP_OK)
        }
        #expect(stream.flush(1_000) == DP_E_WAIT)
        #expect(stream.queued == 50)
        #expect(emulator.stats.requests == 1)
        #expect(stream.set("auth.secret_key", AccessKey.permanent.secret) == DP_OK)
        let reports = stream.reports(50)
        #expect(reports.count == 50)
        #expect(reports.allSatisfy { $0.code == DP_OK })
        #expect(emulator.stats.requests == 51)
    }

    @Test func aProducerTellsOfAWrongKey() throws {
        let emulator = try emulator()
        let settings = Self.settings(Self.wrong(.temporary)).merging([
            "delivery.timeout": "1s", "request.timeout": "1s",
        ]) { $1 }
        let stream = try Stream(emulator.url, settings)
        for object in objects(5) { #expect(stream.send(object).0 == DP_OK) }
        let reports = stream.reports(5)
        #expect(reports.count == 5)
        #expect(reports.allSatisfy { $0.code == DP_E_EXPIRED && $0.stored == DP_STORED_NO })
        for report in reports { expectRefused(report.message) }
        #expect(emulator.stats.requests == 1)
    }

    @Test func keysAreReplacedUnderWay() throws {
        let new = AccessKey(access: "AKNEW", secret: "SKNEW", securityToken: "new-token")
        let emulator = try emulator(keys: [.permanent, new])
        let stream = try Stream(emulator.url, Self.settings(.permanent))
        let changes = [
            ("auth.access_key", new.access), ("auth.security_token", new.securityToken ?? ""),
            ("auth.secret_key", new.secret),
        ]
        for (key, value) in changes {
            #expect(stream.send("{}").0 == DP_OK)
            #expect(stream.flush() == DP_OK)
            #expect(stream.set(key, value) == DP_OK)
        }
        #expect(stream.send("{}").0 == DP_OK)
        #expect(stream.flush() == DP_OK)
        #expect(emulator.stats.requests == 4)
        #expect(emulator.stats.objects == 4)
    }
}
