// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct SplitBudgetTests {
    private func after(parts: Int, of requests: Int, over milliseconds: Int64) -> SplitBudget {
        var budget = SplitBudget()
        for number in 0..<requests {
            budget.ended(
                isPart: number < parts, isStored: true,
                now: 1_000_000 + Int64(number) * milliseconds / Int64(requests))
        }
        return budget
    }

    @Test(arguments: [(49, 49, 100), (10, 50, 100), (11, 51, 25), (50, 50, 25), (200, 999, 25)])
    func aFifthIsAllowed(_ parts: Int, _ requests: Int, _ objects: Int) {
        #expect(after(parts: parts, of: requests, over: 1_000).batchObjects(100) == objects)
    }

    @Test func whatIsLongAgoDoesNotCount() {
        #expect(after(parts: 60, of: 60, over: 120_000).batchObjects(100) == 100)
    }

    @Test func aHundredWholeBatchesEndIt() {
        var budget = after(parts: 60, of: 60, over: 1_000)
        let later: Int64 = 2_000_000
        for _ in 0..<99 { budget.ended(isPart: false, isStored: true, now: later) }
        budget.ended(isPart: false, isStored: false, now: later)
        for _ in 0..<99 { budget.ended(isPart: false, isStored: true, now: later) }
        #expect(budget.batchObjects(3) == 1)
        #expect(budget.batchObjects(100) == 25)
        budget.ended(isPart: false, isStored: true, now: later)
        #expect(budget.batchObjects(100) == 100)
    }

    @Test func aStreamWithManyBadObjectsGetsSmallerBatches() throws {
        var simulation = try Simulation(["batch.objects": "100", "delivery.timeout": "24h"])
        var largest = 0
        for round in 0..<10 {
            for number in 0..<100 {
                _ = try simulation.take(
                    "{\"bad\":\(number % 10 == 3),\"n\":\(round * 100 + number)}")
            }
            largest = 0
            try simulation.run { objects in
                largest = max(largest, objects.count)
                return objects.contains { $0.contains("true") } ? .badRequest : .stored
            }
        }
        #expect(largest == 25)
        let reports = simulation.collect()
        #expect(reports.filter { $0.report.code == .rejected }.count == 100)
        #expect(simulation.stored.count == 900)
    }
}
