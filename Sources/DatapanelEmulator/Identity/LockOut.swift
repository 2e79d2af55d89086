// SPDX-License-Identifier: Apache-2.0

/// Shuts out an access key for a while once its signature was wrong too often.
struct LockOut {
    static let failuresAllowed = 5
    static let seconds = 5 * 60

    private struct Row {
        var failures = 0
        var until: WallClock?
    }

    private var rows: [String: Row] = [:]

    func isShut(_ access: String, now: WallClock) -> Bool {
        rows[access]?.until.map { now < $0 } ?? false
    }

    /// A right signature makes up for wrong ones before it.
    mutating func passed(_ access: String) {
        rows[access] = nil
    }

    mutating func failed(_ access: String, now: WallClock) {
        var row = rows[access] ?? Row()
        if let until = row.until, until <= now { row = Row() }
        row.failures += 1
        if row.failures > Self.failuresAllowed { row.until = now.adding(seconds: Self.seconds) }
        rows[access] = row
    }
}
