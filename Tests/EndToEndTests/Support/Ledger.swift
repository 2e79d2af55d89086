// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Testing

/// A producer and a service at which everything goes wrong now and then, and the books of both.
final class Ledger {
    /// What the books say; all but the first four have to be 0 in the end.
    struct Books {
        var objects = 0
        var requests = 0
        /// Copies at the service beyond the first, and the objects that were said to be in doubt.
        var duplicates = 0
        var marked = 0
        var lost = 0
        var reportedTwice = 0
        var unmarkedDuplicates = 0
        var missing = 0
        var storedInSpiteOfReport = 0
        var changed = 0
    }

    private(set) var books = Books()
    /// How often each fault happened.
    private(set) var faults: [String: Int] = [:]
    private let emulator: Emulator
    private let stream: Stream
    /// Requests that a round cannot reach.
    private static let script = 5_000

    init(policy: String) throws {
        emulator = try Emulator.start()
        stream = try Stream(
            emulator.url,
            [
                "ambiguous.policy": policy, "queue.objects": "10000", "inflight": "3",
                "delivery.timeout": "5m", "request.timeout": "1s",
            ])
    }

    /// Sends so many objects, waits for their reports, and compares both with what the service has.
    func round(_ count: Int) throws {
        let script = (0..<Self.script).map { _ in Self.kinds.randomElement(of: 100) }
        emulator.clear()
        emulator.clearFaults()
        for kind in script { emulator.add(kind?.fault ?? Fault()) }
        let first = books.objects
        var reports: [Stream.Report] = []
        for index in first..<(first + count) {
            var (code, ticket) = stream.send(Self.object(index))
            while code == DP_E_QUEUE_FULL {
                reports += collect()
                (code, ticket) = stream.send(Self.object(index))
            }
            try #require(code == DP_OK && ticket == UInt64(index + 1))
        }
        let deadline = ContinuousClock.now + .seconds(120)
        while reports.count < count, ContinuousClock.now < deadline { reports += collect() }
        // A report too many would come now.
        reports += stream.poll(0)
        books.objects += count
        let requests = emulator.stats.requests
        books.requests += requests
        for kind in script.prefix(requests).compactMap(\.self) {
            faults[kind.name, default: 0] += 1
        }
        compare(reports, first, count)
    }

    /// Whether nothing is left at the end.
    func close() -> Bool {
        let (code, left) = stream.close(10_000)
        return code == DP_OK && left.isEmpty
    }

    private static func object(_ index: Int) -> String { "{\"n\":\(index)}" }

    /// What is refused as a whole blocks the target for seconds. This is the person who looks after
    /// it: any setting that is changed lets it try at once.
    private func collect() -> [Stream.Report] {
        let found = stream.poll(20)
        if found.isEmpty { _ = stream.set("debug", "") }
        return found
    }

    private func compare(_ reports: [Stream.Report], _ first: Int, _ count: Int) {
        var copies = [Int](repeating: 0, count: count)
        for object in emulator.objects(dataclass: DataClass.alert.id) {
            let digits = object.dropFirst(5).dropLast()
            copies[digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } - first] += 1
        }
        var told = [Int](repeating: 0, count: count)
        for report in reports {
            let index = Int(report.ticket) - 1 - first
            told[index] += 1
            let isMarked = report.isPossibleDuplicate || report.stored == DP_STORED_MAYBE
            if isMarked { books.marked += 1 }
            if copies[index] > 1 {
                books.duplicates += copies[index] - 1
                if !isMarked { books.unmarkedDuplicates += 1 }
            }
            if report.stored == DP_STORED_YES {
                if copies[index] == 0 { books.missing += 1 }
            } else if report.payload != Self.object(index + first) {
                books.changed += 1
            }
            if report.stored == DP_STORED_NO && copies[index] > 0 {
                books.storedInSpiteOfReport += 1
            }
        }
        books.lost += told.count { $0 == 0 }
        books.reportedTwice += told.count { $0 > 1 }
    }
}
