// swift-format-ignore-file: AlwaysUseLowerCamelCase
// SPDX-License-Identifier: Apache-2.0
public import CDatapanel
import CPosix
import Datapanel

/// Reports as C structs. Their memory is taken before a call, so that no outcome is lost for want
/// of it.
final class ReportsHandle {
    private let rows: UnsafeMutablePointer<dp_report>
    private(set) var count = 0
    private let capacity: Int
    /// What the rows point into.
    private var reports: Reports?
    private var slices: [Producer.Slice] = []

    init(capacity: Int) throws(DatapanelError) {
        guard let memory = calloc(max(capacity, 1), MemoryLayout<dp_report>.stride) else {
            throw .noMemory("the reports")
        }
        rows = memory.bindMemory(to: dp_report.self, capacity: max(capacity, 1))
        self.capacity = capacity
    }

    deinit { free(rows) }

    func fill(_ reports: Reports) {
        self.reports = reports
        for position in 0..<reports.count { add(reports[position], reports.outcome) }
    }

    func fill(_ slices: [Producer.Slice]) {
        self.slices = slices
        for slice in slices {
            for position in slice.positions {
                add(slice.settlement[position], slice.settlement.outcome)
            }
        }
    }

    private func add(_ report: Report, _ outcome: Outcome) {
        guard count < capacity else { return }
        rows[count] = Self.row(report, outcome)
        count += 1
    }

    func row(_ index: Int) -> UnsafePointer<dp_report>? {
        index >= 0 && index < count ? UnsafePointer(rows + index) : nil
    }

    private static func row(_ report: Report, _ outcome: Outcome) -> dp_report {
        var row = dp_report()
        row.size = UInt32(MemoryLayout<dp_report>.size)
        row.code = report.code.number
        row.stored = report.stored.number
        row.flags = report.flags
        row.ticket = report.ticket
        row.opaque = report.opaque
        row.id = report.id
        row.event_id = report.eventId
        row.message = report.message
        row.server_code = report.code == .ok ? nil : outcome.serverCode?.pointer
        row.request_id = outcome.requestId?.pointer
        row.payload = report.payload?.baseAddress
        row.payload_len = report.payload?.count ?? 0
        row.http_status = outcome.httpStatus
        row.attempts = outcome.attempts
        row.queued_us = report.queuedAt
        row.finished_us = outcome.finishedAt
        return row
    }
}

@_cdecl("dp_reports_count") @implementation
public func dp_reports_count(_ reports: OpaquePointer?) -> Int {
    object(reports, ReportsHandle.self)?.count ?? 0
}

@_cdecl("dp_reports_at") @implementation
public func dp_reports_at(_ reports: OpaquePointer?, _ index: Int) -> UnsafePointer<dp_report>? {
    // Called for each object, in a call in which the caller keeps the handle alive anyway.
    reports.flatMap {
        Unmanaged<ReportsHandle>.fromOpaque(UnsafeRawPointer($0))
            ._withUnsafeGuaranteedRef { $0.row(index) }
    }
}

@_cdecl("dp_reports_free") @implementation
public func dp_reports_free(_ reports: OpaquePointer?) {
    release(reports, ReportsHandle.self)
}
