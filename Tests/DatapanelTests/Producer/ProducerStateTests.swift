// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct ProducerStateTests {
    private func objects(_ range: Range<Int>) -> [String] { range.map { "{\"n\":\($0)}" } }

    @Test func randomOutcomesLeaveOneReportForEachObject() throws {
        let outcomes: [Situation] = [
            .stored, .stored, .stored, .resolveFailed, .connectFailed, .sendBroken, .noReply,
            .replyTimeout, .wrongLength, .replyUnusable, .throttled, .unavailable, .serverError,
            .badGateway, .tooLarge, .unauthorized, .forbidden, .pageInSuccess, .errorInSuccess,
            .requestTimeout,
        ]
        for _ in 0..<50 {
            var simulation = try Simulation(["batch.objects": "7", "delivery.timeout": "24h"])
            let all = objects(0..<300)
            for object in all { _ = try simulation.take(object) }
            var doubtful: Set<String> = []
            try simulation.run { objects in
                let situation = outcomes.randomElement() ?? .stored
                if situation.verdict.next == .ambiguous { doubtful.formUnion(objects) }
                return situation
            }
            let reports = simulation.collect()
            #expect(reports.map(\.object).sorted() == all.sorted())
            #expect(Set(reports.map(\.report.ticket)).count == all.count)
            #expect(simulation.state.queuedObjects == 0)
            #expect(simulation.state.queuedBytes == 0)
            #expect(simulation.state.inFlight == 0)
            // A success is marked exactly when an earlier attempt may have worked.
            for (object, report, _) in reports where report.code == .ok {
                let isMarked = report.flags & Settlement.possibleDuplicate != 0
                #expect(isMarked == doubtful.contains(object))
            }
        }
    }

    @Test func theTimeToWaitHoldsTheWholeTarget() throws {
        var simulation = try Simulation(["batch.objects": "1"])
        for object in objects(0..<3) { _ = try simulation.take(object) }
        let begin = simulation.now
        var answers = 0
        try simulation.run { _ in
            answers += 1
            return answers == 1 ? .connectFailed : .stored
        }
        #expect(simulation.now >= begin + 50)
        #expect(simulation.stored.count == 3)
    }

    @Test func aFullQueueTakesNothingAndGetsRoom() throws {
        var simulation = try Simulation(["queue.objects": "3"])
        for object in objects(0..<3) { #expect(try simulation.take(object) != nil) }
        #expect(try simulation.take("{}") == nil)
        try simulation.run { _ in .stored }
        #expect(try simulation.take("{}") != nil)
    }

    @Test func theQueueIsBoundedInBytes() throws {
        var simulation = try Simulation(
            ["queue.bytes": "16KiB", "batch.bytes": "1KiB", "inflight": "1"])
        let object = "{\"a\":\"" + String(repeating: "x", count: 1_000) + "\"}"
        var taken = 0
        while try simulation.take(object) != nil { taken += 1 }
        #expect(taken == 16_384 / object.utf8.count)
    }

    @Test func whatWaitsTooLongExpires() throws {
        var simulation = try Simulation(["delivery.timeout": "31s"])
        for object in objects(0..<5) { _ = try simulation.take(object) }
        let begin = simulation.now
        try simulation.run { _ in .forbidden }
        let reports = simulation.collect()
        #expect(reports.count == 5)
        #expect(reports.allSatisfy { $0.report.code == .expired && $0.report.stored == .no })
        #expect(simulation.now - begin >= 31_000)
        #expect(reports[0].message?.contains("403") == true)
    }

    @Test func anEarlierDoubtStaysWithALaterFailure() throws {
        var simulation = try Simulation(["batch.objects": "1"])
        _ = try simulation.take("{}")
        var answers = 0
        try simulation.run { _ in
            answers += 1
            return answers == 1 ? .noReply : .badRequest
        }
        let reports = simulation.collect()
        #expect(reports.map(\.report.code) == [.rejected])
        #expect(reports.map(\.report.stored) == [.maybe])
    }

    @Test func doubtIsRepeatedOnlySoOften() throws {
        var simulation = try Simulation(["ambiguous.attempts": "3"])
        _ = try simulation.take("{}")
        try simulation.run { _ in .badGateway }
        #expect(simulation.requests == 3)
        #expect(simulation.collect().map(\.report.stored) == [.maybe])
    }

    @Test func aTargetThatIsPausedFirstIsMadeThen() throws {
        var state = try Simulation().state
        let count = state.targets.count
        try withBytes("new") { try state.pause($0, true) }
        #expect(state.targets.count == count + 1)
        #expect(state.targets[count].isPaused)
        #expect(try withBytes("newer") { try state.purge($0) } == 0)
    }

    @Test func targetsTakeTurns() throws {
        var simulation = try Simulation(["batch.objects": "1", "inflight": "1"])
        var state = simulation.state
        let other = try withBytes("other") { try state.target(named: $0) }
        for index in 0..<4 {
            for target in [0, other] {
                try withBytes("{\"n\":\(index)}") {
                    _ = try state.take(
                        $0, for: target, opaque: nil, now: simulation.now, ticks: 0)
                }
            }
        }
        simulation.state = state
        var order: [Int] = []
        for _ in 0..<8 {
            guard let batch = simulation.state.next(now: simulation.now) else { continue }
            order.append(batch.target)
            simulation.state.finished(
                Settlement(Outcome(), batch), Situation.stored.verdict, nil, took: 1,
                now: simulation.now)
        }
        #expect(order == [0, 1, 0, 1, 0, 1, 0, 1])
    }
}

struct EpochCountsTests {
    @Test func anEpochIsOverWhenItAndAllBeforeAreEmpty() {
        var counts = EpochCounts()
        counts.add(2)
        let first = counts.end(after: 2)
        counts.add(1)
        let second = counts.end(after: 3)
        #expect(!counts.isOver(first) && !counts.isOver(second))
        counts.remove(1, from: second)
        #expect(!counts.isOver(second))
        counts.remove(2, from: first)
        #expect(counts.isOver(first) && counts.isOver(second))
        #expect(counts.isOver(counts.end(after: 3)))
    }
}

struct ObjectSequenceTests {
    private func read(_ text: String) -> (objects: [String], fault: Int?) {
        withBytes(text) { bytes in
            var sequence = ObjectSequence(bytes)
            var found: [String] = []
            do throws(JSONFault) {
                while let object = try sequence.next() {
                    found.append(String(decoding: object, as: UTF8.self))
                }
                return (found, nil)
            } catch {
                return (found, error.offset)
            }
        }
    }

    @Test(arguments: [
        ("", 0), ("  \n ", 0), ("[]", 0), (" [ ] ", 0), ("{}", 1), ("{}{}\n{}\n\n", 3),
        ("[{}]", 1), ("[ {} , {\"a\":[1]} ]\n", 2),
    ])
    func readsBothForms(_ text: String, _ count: Int) {
        let found = read(text)
        #expect(found.fault == nil)
        #expect(found.objects.count == count)
    }

    @Test(arguments: [
        ("{} 7", 1, 3), ("[{},]", 1, 4), ("[{} {}]", 1, 4), ("[{}", 1, 3), ("[{}] {}", 1, 5),
        ("[[]]", 0, 1), ("7", 0, 0), ("{}\n{\"a\"}", 1, 7), ("{},{}", 1, 2),
    ])
    func keepsWhatCameBeforeAFault(_ text: String, _ count: Int, _ offset: Int) {
        let found = read(text)
        #expect(found.objects.count == count)
        #expect(found.fault == offset)
    }
}
