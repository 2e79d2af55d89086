// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelABI
import DatapanelEmulator
import Testing

/// A producer made through the C interface, and what tests ask of it.
final class Stream {
    struct Report {
        let code: Int
        let stored: Int
        let ticket: UInt64
        let id: String?
        let payload: String?
        let message: String
        let serverCode: String?
        let attempts: Int
        let isPossibleDuplicate: Bool
        let isDeadLettered: Bool
    }

    private let producer: OpaquePointer

    init(_ endpoint: String, _ settings: [String: String] = [:]) throws {
        let config = try emulatorConfig(
            endpoint, ["linger": "5ms"].merging(settings) { $1 })
        defer { dp_config_free(config) }
        var error: OpaquePointer?
        defer { dp_error_free(error) }
        producer = try #require(
            dp_producer_new(config, &error), "\(String(cString: dp_error_message(error)))")
    }

    deinit { dp_producer_free(producer) }

    func send(_ object: String, to target: String = DataClass.alert.id) -> (Int, UInt64) {
        var ticket: UInt64 = 0
        let code = dp_producer_send(
            producer, target, object, object.utf8.count, nil, 0, &ticket, nil)
        return (Int(code), ticket)
    }

    func sendMany(_ text: String) -> (code: Int, count: Int, first: UInt64) {
        var count = 0
        var first: UInt64 = 0
        let code = dp_producer_send_many(
            producer, DataClass.alert.id, text, text.utf8.count, nil, 0, &first, &count, nil)
        return (Int(code), count, first)
    }

    func set(_ key: String, _ value: String) -> Int {
        Int(dp_producer_set(producer, key, value, nil))
    }

    func flush(_ timeout: Int32 = 10_000) -> Int { Int(dp_producer_flush(producer, timeout, nil)) }

    /// What reports there are; waits so long for the first.
    func poll(_ timeout: Int32) -> [Report] {
        var reports: OpaquePointer?
        _ = dp_producer_poll(producer, timeout, 0, &reports)
        defer { dp_reports_free(reports) }
        return Self.copy(reports)
    }

    /// Reports until there are so many, or ten seconds are over. A target that is blocked waits for
    /// seconds; who urges it is the person that looks after it: any setting that is changed lets it
    /// try at once.
    func reports(_ count: Int, urged: Bool = false, within seconds: Int = 10) -> [Report] {
        var found: [Report] = []
        let deadline = ContinuousClock.now + .seconds(seconds)
        while found.count < count, ContinuousClock.now < deadline {
            if urged { _ = set("debug", "") }
            found += poll(urged ? 50 : 1_000)
        }
        #expect(found.count == count)
        return found
    }

    func close(_ timeout: Int32) -> (code: Int, left: [Report]) {
        var left: OpaquePointer?
        let code = dp_producer_close(producer, timeout, &left, nil)
        defer { dp_reports_free(left) }
        return (Int(code), Self.copy(left))
    }

    func pause(_ isPaused: Bool) -> Int {
        Int(dp_producer_pause(producer, nil, isPaused ? 1 : 0))
    }

    func purge(_ target: String = DataClass.alert.id) -> (code: Int, count: Int) {
        var count = 0
        return (Int(dp_producer_purge(producer, target, &count)), count)
    }

    func stats(_ format: String?) -> String? {
        guard let text = dp_producer_stats(producer, format) else { return nil }
        defer { dp_free(text) }
        return String(cString: text)
    }

    /// One number of the statistics.
    func count(_ name: String) -> Int {
        let text = stats("prometheus") ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("datapanel_\(name) ") }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? -1
    }

    /// Waits until a number of the statistics is so large, for ten seconds at the most.
    func waits(for name: String, atLeast count: Int) -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while self.count(name) < count {
            if ContinuousClock.now > deadline { return false }
        }
        return true
    }

    /// Waits until the statistics have these words, for ten seconds at the most.
    func tells(_ words: String) -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while stats("json")?.contains(words) != true {
            if ContinuousClock.now > deadline { return false }
        }
        return true
    }

    var queued: Int {
        var objects = 0
        _ = dp_producer_queued(producer, &objects, nil)
        return objects
    }

    private static func copy(_ reports: OpaquePointer?) -> [Report] {
        (0..<dp_reports_count(reports)).compactMap { index in
            guard let row = dp_reports_at(reports, index)?.pointee else { return nil }
            let payload = UnsafeRawBufferPointer(start: row.payload, count: row.payload_len)
            return Report(
                code: Int(row.code), stored: Int(row.stored), ticket: row.ticket,
                id: row.id.map { String(cString: $0) },
                payload: row.payload == nil ? nil : String(decoding: payload, as: UTF8.self),
                message: row.message.map { String(cString: $0) } ?? "",
                serverCode: row.server_code.map { String(cString: $0) },
                attempts: Int(row.attempts),
                isPossibleDuplicate: Int(row.flags) & DP_POSSIBLE_DUPLICATE != 0,
                isDeadLettered: Int(row.flags) & DP_DEAD_LETTERED != 0)
        }
    }
}
