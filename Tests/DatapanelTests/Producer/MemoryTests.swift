// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

/// What a producer holds, and for how long.
struct MemoryTests {
    private let kilobyte = #"{"text":""# + String(repeating: "x", count: 1_000) + #""}"#

    private func simulation() throws -> Simulation {
        try Simulation([
            "batch.objects": "10", "batch.bytes": "16KiB", "queue.bytes": "128KiB",
            "inflight": "2", "delivery.timeout": "1m", "request.timeout": "1s",
        ])
    }

    private func fill(_ simulation: inout Simulation) throws -> Int {
        var count = 0
        while try simulation.take(kilobyte) != nil { count += 1 }
        return count
    }

    /// The objects that a caller would be given back.
    private func payloads(_ simulation: inout Simulation) -> (reports: Int, payloads: Int) {
        let reports = simulation.state.collect(.max).flatMap { slice in
            slice.positions.map { slice.settlement[$0].payload?.count }
        }
        return (reports.count, reports.filter { $0 == kilobyte.utf8.count }.count)
    }

    @Test func aWholeQueueThatFailedKeepsItsBytes() throws {
        var simulation = try simulation()
        let count = try fill(&simulation)
        _ = try simulation.state.purge(nil)
        let found = payloads(&simulation)
        #expect(found.reports == count)
        #expect(found.payloads == count)
    }

    @Test func theOldestBytesMakeRoomAndTheirReportsStay() throws {
        var simulation = try simulation()
        var count = 0
        for _ in 0..<5 {
            count += try fill(&simulation)
            _ = try simulation.state.purge(nil)
        }
        let dropped = simulation.state.reports.payloadsDropped
        let found = payloads(&simulation)
        #expect(found.reports == count)
        #expect(found.payloads == count - dropped)
        #expect(found.payloads * kilobyte.utf8.count <= (128 << 10) * 5 / 4)
        #expect(found.payloads * kilobyte.utf8.count > 128 << 10)
    }

    @Test func aSingleObjectAboveTheWholeQueueKeepsItsBytes() throws {
        var simulation = try simulation()
        let large = #"{"text":""# + String(repeating: "x", count: 300_000) + #""}"#
        _ = try simulation.take(large)
        try simulation.run { _ in .badRequest }
        let slice = try #require(simulation.state.collect(.max).first)
        #expect(slice.settlement[0].payload?.count == large.utf8.count)
    }

    @Test func collectedBytesStayForTheirCaller() throws {
        var simulation = try simulation()
        _ = try fill(&simulation)
        _ = try simulation.state.purge(nil)
        // A part of a batch: the caller's reports point into all of it.
        let first = simulation.state.collect(3)
        for _ in 0..<5 {
            _ = try fill(&simulation)
            _ = try simulation.state.purge(nil)
        }
        for slice in first {
            for position in slice.positions {
                #expect(slice.settlement[position].payload?.count == kilobyte.utf8.count)
            }
        }
    }

    @Test func storedObjectsLeaveNothingButTheirIds() throws {
        var simulation = try simulation()
        let count = try fill(&simulation)
        try simulation.run { _ in .stored }
        let slices = simulation.state.collect(.max)
        #expect(slices.reduce(0) { $0 + $1.count } == count)
        for slice in slices {
            #expect(slice.settlement.payloadBytes == 0)
            #expect(slice.settlement[0].id != nil)
        }
    }

    @Test func aBufferIsUsedAgain() throws {
        var buffers = BodyBuffers(limit: 1_000)
        let first = buffers.take()
        try first.bytes.reserve(600)
        let second = buffers.take()
        try second.bytes.reserve(600)
        buffers.giveBack(first)
        // Beyond the limit it is released.
        buffers.giveBack(second)
        let taken = [buffers.take(), buffers.take()]
        #expect(taken[0] === first)
        #expect(taken[1] !== second)
    }

    @Test func buffersStayWhileTheQueueIsEmptyForAMoment() throws {
        var buffers = BodyBuffers(limit: 1_000)
        let buffer = buffers.take()
        #expect(buffers.rest(now: 0) == .max)
        try buffer.bytes.reserve(600)
        buffers.giveBack(buffer)
        #expect(buffers.rest(now: 1_000) == 1_000 + BodyBuffers.patience)
        #expect(buffers.take() === buffer)
        buffers.giveBack(buffer)
        // Its time begins anew.
        let end = 5_000 + BodyBuffers.patience
        #expect(buffers.rest(now: 5_000) == end)
        #expect(buffers.rest(now: end - 1) == end)
        #expect(buffers.rest(now: end) == .max)
        #expect(buffers.take() !== buffer)
    }

    @Test func aQuietProducerWakesUpOnceMore() throws {
        var simulation = try simulation()
        _ = try fill(&simulation)
        try simulation.run { _ in .stored }
        let now = simulation.now
        let end = simulation.state.sleepTime(now: now)
        #expect(end == now + BodyBuffers.patience)
        #expect(simulation.state.sleepTime(now: end) == .max)
    }

    @Test func whatExpiredTellsOfItsLastAttempt() throws {
        var simulation = try simulation()
        _ = try simulation.take("{}")
        try simulation.run { _ in .throttled }
        let slice = try #require(simulation.state.collect(.max).first)
        #expect(slice.settlement.outcome.code == .expired)
        #expect(slice.settlement.outcome.httpStatus == 429)
        let report = slice.settlement[0]
        #expect(string(report.message)?.contains("last: 429") == true)
    }
}
