// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Testing

struct ProducerTests {
    private let emulator: Emulator

    init() throws {
        emulator = try Emulator.start()
    }

    private func stored() -> [String] {
        emulator.objects(dataclass: DataClass.alert.id).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func everyObjectHasOneReport() throws {
        let stream = try Stream(emulator.url)
        let sent = objects(1_234)
        for (index, object) in sent.enumerated() {
            let (code, ticket) = stream.send(object)
            #expect(code == DP_OK)
            #expect(ticket == UInt64(index + 1))
        }
        let reports = stream.reports(sent.count)
        #expect(reports.count == sent.count)
        #expect(Set(reports.map(\.ticket)).count == sent.count)
        #expect(Set(reports.compactMap(\.id)).count == sent.count)
        #expect(reports.allSatisfy { $0.code == DP_OK && $0.stored == DP_STORED_YES })
        #expect(Set(stored()) == Set(sent))
        #expect(stream.queued == 0)
    }

    @Test func connectionsStayOpenWhileFewAreNeeded() throws {
        let stream = try Stream(emulator.url, ["batch.objects": "1", "inflight": "8"])
        func burst() {
            #expect(stream.pause(true) == DP_OK)
            for object in objects(8) { #expect(stream.send(object).0 == DP_OK) }
            #expect(stream.pause(false) == DP_OK)
            #expect(stream.flush() == DP_OK)
        }
        burst()
        for object in objects(12) {
            #expect(stream.send(object).0 == DP_OK)
            #expect(stream.flush() == DP_OK)
        }
        burst()
        #expect(emulator.stats.connections <= 8)
    }

    @Test func flushOverridesLinger() throws {
        let stream = try Stream(emulator.url, ["linger": "1m"])
        for object in objects(3) { #expect(stream.send(object).0 == DP_OK) }
        #expect(stream.flush() == DP_OK)
        #expect(stored() == objects(3))
        #expect(emulator.stats.requests == 1)
    }

    @Test func batchesAreBoundedByCountAndByBytes() throws {
        let counted = try Stream(emulator.url, ["batch.objects": "10", "linger": "1m"])
        for object in objects(30) { #expect(counted.send(object).0 == DP_OK) }
        #expect(counted.flush() == DP_OK)
        #expect(emulator.stats.requests == 3)
        emulator.clear()
        let measured = try Stream(emulator.url, ["batch.bytes": "1KiB", "linger": "1m"])
        let large = "{\"a\":\"" + String(repeating: "x", count: 5_000) + "\"}"
        let medium = "{\"a\":\"" + String(repeating: "x", count: 400) + "\"}"
        for object in [medium, medium, large, medium] { #expect(measured.send(object).0 == DP_OK) }
        #expect(measured.flush() == DP_OK)
        #expect(emulator.stats.requests == 3)
        #expect(Set(stored()) == [medium, large])
    }

    @Test(arguments: [
        "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n", "[{\"n\":1}, {\"n\":2} ,{\"n\":3}]",
        " {\"n\":1}{\"n\":2} {\"n\":3}",
    ])
    func manyAreTakenAtOnce(_ text: String) throws {
        let stream = try Stream(emulator.url)
        let taken = stream.sendMany(text)
        #expect(taken == (DP_OK, 3, 1))
        #expect(stream.reports(3).count == 3)
        #expect(stored().count == 3)
    }

    @Test func aBadObjectEndsAndKeepsThePrefix() throws {
        let stream = try Stream(emulator.url)
        #expect(stream.sendMany("{\"n\":1}\n{\"n\":2}\n{\"n\":}\n{\"n\":4}") == (DP_E_JSON, 2, 1))
        #expect(stream.sendMany("[{\"n\":5},7]") == (DP_E_JSON, 1, 3))
        #expect(stream.reports(3).count == 3)
    }

    @Test func aFullQueueRefusesUntilThereIsRoom() throws {
        let stream = try Stream(
            emulator.url, ["queue.objects": "5", "linger": "1m", "batch.objects": "100"])
        for object in objects(5) { #expect(stream.send(object).0 == DP_OK) }
        #expect(stream.send("{}").0 == DP_E_QUEUE_FULL)
        #expect(stream.flush() == DP_OK)
        #expect(stream.send("{}").0 == DP_OK)
        let (code, left) = stream.close(10_000)
        #expect(code == DP_OK)
        #expect(left.isEmpty)
        #expect(stored().count == 6)
    }

    @Test func throttlingIsWaitedOut() throws {
        let stream = try Stream(emulator.url)
        emulator.add(
            Fault(.reply(status: 429), times: 3),
            Fault(.reply(status: 429, headers: [Header("Retry-After", "1")])))
        for object in objects(10) { #expect(stream.send(object).0 == DP_OK) }
        let reports = stream.reports(10)
        #expect(reports.count == 10)
        #expect(reports.allSatisfy { $0.code == DP_OK && !$0.isPossibleDuplicate })
        #expect(stored().count == 10)
    }

    @Test func anAmbiguousAttemptIsRepeatedAndMarked() throws {
        let stream = try Stream(emulator.url, ["linger": "1m"])
        emulator.add(Fault(.drop(.stored)))
        for object in objects(7) { #expect(stream.send(object).0 == DP_OK) }
        _ = stream.flush(0)
        let reports = stream.reports(7)
        #expect(reports.allSatisfy { $0.code == DP_OK && $0.isPossibleDuplicate })
        #expect(stored().count == 14)
    }

    @Test func anAmbiguousAttemptIsReportedWhenItMayNotBeRepeated() throws {
        let stream = try Stream(emulator.url, ["ambiguous.policy": "fail", "linger": "1m"])
        emulator.add(Fault(.drop(.stored)))
        for object in objects(7) { #expect(stream.send(object).0 == DP_OK) }
        _ = stream.flush(0)
        let reports = stream.reports(7)
        #expect(reports.allSatisfy { $0.code == DP_E_NO_REPLY && $0.stored == DP_STORED_MAYBE })
        #expect(Set(reports.compactMap(\.payload)) == Set(objects(7)))
        #expect(stored().count == 7)
    }

    @Test func whatIsNotDeliveredInTimeTellsTheLastCause() throws {
        let stream = try Stream(
            "http://127.0.0.1:1",
            ["delivery.timeout": "300ms", "request.timeout": "100ms", "connect.timeout": "100ms"])
        for object in objects(3) { #expect(stream.send(object).0 == DP_OK) }
        let reports = stream.reports(3)
        #expect(reports.map(\.code) == [DP_E_EXPIRED, DP_E_EXPIRED, DP_E_EXPIRED])
        #expect(reports.allSatisfy { $0.stored == DP_STORED_NO })
        #expect(reports.allSatisfy { $0.message.contains("no connection to the host") })
        #expect(Set(reports.compactMap(\.payload)) == Set(objects(3)))
    }

    @Test func betterCredentialsReleaseWhatWaits() throws {
        let stream = try Stream(emulator.url, ["auth.token": "stale"])
        for object in objects(5) { #expect(stream.send(object).0 == DP_OK) }
        #expect(stream.flush(200) == DP_E_WAIT)
        #expect(stream.queued == 5)
        #expect(stream.set("auth.token", emulator.options.token) == DP_OK)
        #expect(stream.reports(5).allSatisfy { $0.code == DP_OK })
        #expect(stored().count == 5)
    }

    @Test func aReplyThatFitsNotIsNeverSentAgain() throws {
        let stream = try Stream(emulator.url, ["linger": "1m"])
        emulator.add(Fault(.ids(count: 2)))
        for object in objects(5) { #expect(stream.send(object).0 == DP_OK) }
        _ = stream.flush(0)
        let reports = stream.reports(5)
        #expect(reports.allSatisfy { $0.code == DP_E_REPLY && $0.stored == DP_STORED_MAYBE })
        #expect(stored().count == 5)
        #expect(emulator.stats.requests == 1)
    }

    @Test func whatIsTooLargeIsHalved() throws {
        let stream = try Stream(emulator.url, ["linger": "1m"])
        emulator.add(Fault(.reply(status: 413)))
        for object in objects(10) { #expect(stream.send(object).0 == DP_OK) }
        #expect(stream.flush() == DP_OK)
        #expect(stream.reports(10).allSatisfy { $0.code == DP_OK })
        #expect(Set(stored()) == Set(objects(10)))
        #expect(emulator.stats.requests == 3)
    }

    @Test func aPausedTargetWaits() throws {
        let stream = try Stream(emulator.url)
        #expect(stream.pause(true) == DP_OK)
        #expect(stream.send("{}").0 == DP_OK)
        #expect(stream.pause(true) == DP_OK)
        #expect(stream.flush(100) == DP_E_WAIT)
        #expect(emulator.stats.requests == 0)
        #expect(stream.pause(false) == DP_OK)
        #expect(stream.reports(1).map(\.code) == [DP_OK])
    }

    @Test func whatIsPurgedIsReported() throws {
        let stream = try Stream(emulator.url, ["auth.token": "stale"])
        for object in objects(5) { #expect(stream.send(object).0 == DP_OK) }
        #expect(stream.flush(100) == DP_E_WAIT)
        #expect(stream.purge() == (DP_OK, 5))
        let reports = stream.reports(5)
        #expect(reports.allSatisfy { $0.code == DP_E_CANCELLED && $0.stored == DP_STORED_NO })
        #expect(Set(reports.compactMap(\.payload)) == Set(objects(5)))
        #expect(stream.queued == 0)
    }

    @Test func statisticsAddUp() throws {
        let stream = try Stream(emulator.url, ["batch.objects": "10", "linger": "1m"])
        emulator.add(Fault(.reply(status: 429)))
        for object in objects(20) { #expect(stream.send(object).0 == DP_OK) }
        #expect(stream.flush() == DP_OK)
        let text = try #require(stream.stats("prometheus"))
        #expect(text.contains("\ndatapanel_objects_taken_total 20\n"))
        #expect(text.contains("\ndatapanel_objects_stored_total 20\n"))
        #expect(text.contains("\ndatapanel_attempts_total 3\n"))
        #expect(text.contains("datapanel_batch_objects_bucket{le=\"16\"} 3\n"))
        #expect(text.contains("datapanel_batch_objects_sum 30\n"))
        let json = try #require(stream.stats(nil))
        #expect(json.hasPrefix("{\"objects_taken\":20,"))
        #expect(json.contains("\"retries\":1"))
        #expect(stream.stats("xml") == nil)
    }

    @Test func closeHandsBackWhatIsLeft() throws {
        let stream = try Stream(emulator.url, ["auth.token": "stale"])
        for object in objects(150) { #expect(stream.send(object).0 == DP_OK) }
        let (code, left) = stream.close(100)
        #expect(code == DP_E_CANCELLED)
        #expect(Set(left.compactMap(\.payload)) == Set(objects(150)))
        #expect(left.allSatisfy { $0.code == DP_E_CANCELLED && $0.stored == DP_STORED_NO })
        #expect(stream.send("{}").0 == DP_E_CLOSED)
        #expect(stream.flush() == DP_E_CLOSED)
        #expect(stream.close(0).code == DP_E_CLOSED)
    }

    @Test func closeTellsWhatMayBeStored() throws {
        let stream = try Stream(emulator.url)
        emulator.add(Fault(.stall(stores: true), times: 0))
        for object in objects(3) { #expect(stream.send(object).0 == DP_OK) }
        let deadline = ContinuousClock.now + .seconds(10)
        while emulator.stats.objects < 3, ContinuousClock.now < deadline {}
        try #require(emulator.stats.objects == 3)
        let (_, left) = stream.close(0)
        #expect(left.count == 3)
        #expect(left.allSatisfy { $0.stored == DP_STORED_MAYBE })
    }
}
