// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Testing

/// Conservation: whatever goes wrong, each object has one report, what is reported as stored is
/// stored, what is reported as not stored is not, and no second copy is without its mark.
struct LedgerTests {
    private static let count = 50_000

    /// Faults of every kind that the emulator knows, each at about one request in a hundred.
    private static func faults(_ dice: inout some RandomNumberGenerator) -> [Fault] {
        let effects: [Fault.Effect] = [
            .reply(status: 429), .reply(status: 429, headers: [Header("Retry-After", "0")]),
            .reply(status: 500), .reply(status: 500, stores: true), .reply(status: 502),
            .reply(status: 502, stores: true), .reply(status: 503),
            .reply(status: 504, stores: true),
            .reply(status: 408), .reply(status: 200, body: ""),
            .reply(status: 200, body: "<html></html>", stores: true),
            .reply(status: 200, body: "{\"code\":\"SecMaster.1\",\"message\":\"no\"}"),
            .drop(.headers, .close), .drop(.headers, .reset), .drop(.body, .close),
            .drop(.body, .reset), .drop(.stored, .close), .drop(.stored, .reset),
            .truncate(bytes: 0), .truncate(bytes: 20), .ids(count: 0), .ids(count: 99),
            .ids(count: 101), .reply(status: 413),
        ]
        return (0..<150).map { _ in
            Fault(
                effects.randomElement(using: &dice) ?? .none,
                skip: Int.random(in: 0..<8, using: &dice))
        }
    }

    @Test(arguments: ["retry", "fail"])
    func nothingIsLostAndNoDuplicateIsUnmarked(_ policy: String) throws {
        let emulator = try Emulator.start()
        var dice = SystemRandomNumberGenerator()
        for fault in Self.faults(&dice) { emulator.add(fault) }
        let stream = try Stream(
            emulator.url,
            [
                "ambiguous.policy": policy, "queue.objects": "10000", "inflight": "3",
                "delivery.timeout": "5m",
            ])
        var tickets: [UInt64: String] = [:]
        var reports: [Stream.Report] = []
        for index in 0..<Self.count {
            let object = "{\"n\":\(index)}"
            var (code, ticket) = stream.send(object)
            while code == DP_E_QUEUE_FULL {
                reports += collect(stream)
                (code, ticket) = stream.send(object)
            }
            try #require(code == DP_OK)
            tickets[ticket] = object
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while reports.count < Self.count, ContinuousClock.now < deadline {
            reports += collect(stream)
        }
        #expect(stream.close(10_000).code == DP_OK)
        try check(reports, tickets, stored: emulator.objects(dataclass: DataClass.alert.id))
    }

    /// A page or an error in place of ids blocks the target for seconds. This is the person who
    /// looks after it: any setting that is changed lets it try at once.
    private func collect(_ stream: Stream) -> [Stream.Report] {
        let found = stream.poll(50)
        if found.isEmpty { _ = stream.set("debug", "") }
        return found
    }

    private func check(
        _ reports: [Stream.Report], _ tickets: [UInt64: String], stored: [[UInt8]]
    ) throws {
        var copies: [String: Int] = [:]
        for object in stored { copies[String(decoding: object, as: UTF8.self), default: 0] += 1 }
        #expect(reports.count == Self.count)
        #expect(Set(reports.map(\.ticket)).count == Self.count)
        var unmarked = 0
        var missing = 0
        var wronglyStored = 0
        for report in reports {
            let object = try #require(tickets[report.ticket])
            let found = copies[object] ?? 0
            switch report.stored {
            case DP_STORED_YES:
                if found == 0 { missing += 1 }
                if found > 1 && !report.isPossibleDuplicate { unmarked += 1 }
            case DP_STORED_NO:
                if found > 0 { wronglyStored += 1 }
                #expect(report.payload == object)
            default:
                #expect(report.payload == object)
            }
        }
        #expect(unmarked == 0)
        #expect(missing == 0)
        #expect(wronglyStored == 0)
    }
}
