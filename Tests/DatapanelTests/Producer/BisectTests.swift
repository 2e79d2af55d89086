// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct BisectTests {
    private func objects(_ count: Int) -> [String] { (0..<count).map { "{\"n\":\($0)}" } }

    /// One batch with these objects at fault, to the end.
    private func run(_ count: Int, bad: Set<Int>) throws -> Simulation {
        var simulation = try Simulation(["batch.objects": "1000"])
        let all = objects(count)
        let atFault = Set(bad.map { all[$0] })
        for object in all { _ = try simulation.take(object) }
        try simulation.run { $0.contains(where: atFault.contains) ? .badRequest : .stored }
        return simulation
    }

    private func check(_ count: Int, bad: Set<Int>) throws {
        var simulation = try run(count, bad: bad)
        let all = objects(count)
        let good = Set(all.indices).subtracting(bad).map { all[$0] }
        #expect(simulation.stored.sorted() == good.sorted())
        let reports = simulation.collect()
        #expect(reports.map(\.object).sorted() == all.sorted())
        for (object, report, _) in reports {
            let isBad = bad.contains { all[$0] == object }
            #expect(report.code == (isBad ? .rejected : .ok))
            #expect(report.stored == (isBad ? .no : .yes))
        }
        // The bound of depth-first halving for k bad ones of n.
        let k = max(bad.count, 1)
        func log2(_ value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount - 1 }
        let up = count == 1 ? 0 : log2(count - 1) + 1
        #expect(simulation.requests <= 1 + 2 * k * (up - log2(k) + 1))
        #expect(simulation.state.queuedObjects == 0)
        #expect(simulation.state.queuedBytes == 0)
    }

    @Test(arguments: 1...10)
    func everySubsetOfBadObjectsIsFound(_ count: Int) throws {
        for mask in 0..<(1 << count) {
            let bad = Set((0..<count).filter { mask >> $0 & 1 == 1 })
            // Everything rejected is another matter, unless it is a batch of one.
            if bad.count == count && count > 1 { continue }
            try check(count, bad: bad)
        }
    }

    @Test(arguments: [100, 500])
    func randomBadObjectsAreFoundInLargeBatches(_ count: Int) throws {
        for share in [1, 2, 3, 5] {
            for _ in 0..<10 { try check(count, bad: Set((0..<count).shuffled().prefix(share))) }
        }
    }

    @Test(arguments: [2, 3, 7, 8, 9, 100, 500])
    func aTargetThatRejectsEverythingKeepsItsObjects(_ count: Int) throws {
        var simulation = try Simulation(["batch.objects": "1000", "delivery.timeout": "24h"])
        for object in objects(count) { _ = try simulation.take(object) }
        var clock: Int64 = 0
        let begin = simulation.now
        try simulation.run(requests: 60) { _ in .badRequest }
        clock = simulation.now - begin
        #expect(simulation.collect().isEmpty)
        #expect(simulation.state.queuedObjects == count)
        #expect(simulation.state.counters.systemicRejections >= 1)
        // After the bound only probes go out, seconds apart.
        func log2(_ value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount - 1 }
        let bound = 2 * (log2(count) + 1) + 20
        #expect(clock >= Int64(max(0, 60 - bound)) * 1_000)
        // Once it accepts again, everything is delivered.
        try simulation.run { _ in .stored }
        #expect(simulation.collect().allSatisfy { $0.report.code == .ok })
        #expect(simulation.stored.sorted() == objects(count).sorted())
    }

    @Test(arguments: [20, 100])
    func manyBadOnesInARowDoNotStarveTheGood(_ count: Int) throws {
        var simulation = try Simulation(["batch.objects": "1000", "delivery.timeout": "24h"])
        let bad = Set(objects(12))
        for object in objects(count) { _ = try simulation.take(object) }
        try simulation.run { $0.contains(where: bad.contains) ? .badRequest : .stored }
        let reports = simulation.collect()
        #expect(reports.count == count)
        for (object, report, _) in reports {
            #expect(report.code == (bad.contains(object) ? .rejected : .ok))
        }
    }

    @Test func aLoneBadObjectIsReportedAtOnce() throws {
        try check(1, bad: [0])
    }

    @Test func anAmbiguousPartDoesNotSpreadItsDoubt() throws {
        var simulation = try Simulation(["batch.objects": "8"])
        for object in objects(8) { _ = try simulation.take(object) }
        var hasFailed = false
        try simulation.run { objects in
            if objects.contains("{\"n\":5}") { return .badRequest }
            if objects == ["{\"n\":0}", "{\"n\":1}", "{\"n\":2}", "{\"n\":3}"] && !hasFailed {
                hasFailed = true
                return .noReply
            }
            return .stored
        }
        for (object, report, _) in simulation.collect() {
            let isDoubtful = ["{\"n\":0}", "{\"n\":1}", "{\"n\":2}", "{\"n\":3}"].contains(object)
            #expect((report.flags & Settlement.possibleDuplicate != 0) == isDoubtful)
            #expect(report.code == (object == "{\"n\":5}" ? .rejected : .ok))
        }
    }
}
