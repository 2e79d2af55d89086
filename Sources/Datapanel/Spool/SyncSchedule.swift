// SPDX-License-Identifier: Apache-2.0

/// Decides when what was written has to be synced. Pure: it is told what happens, and asked. Times
/// are on the monotonic clock, in milliseconds.
struct SyncSchedule {
    /// How long something may be written and not synced.
    let interval: Int64
    /// Since when there is something.
    private var dirtySince: Int64?
    /// Somebody waits for it.
    private var isWanted = false
    /// After a failure there is a pause.
    private var resumesAt: Int64 = 0
    private(set) var isEnding = false

    static let pause: Int64 = 1_000

    init(interval: Int64) {
        self.interval = interval
    }

    enum Step: Equatable {
        case sync
        case sleep(until: Int64)
    }

    /// Says whether whoever sleeps has to hear of it.
    mutating func wrote(now: Int64) -> Bool {
        if dirtySince != nil { return false }
        dirtySince = now
        return true
    }

    mutating func want() {
        isWanted = true
    }

    mutating func end() {
        isEnding = true
    }

    mutating func failed(now: Int64) {
        dirtySince = dirtySince ?? now
        resumesAt = now + Self.pause
    }

    mutating func step(now: Int64) -> Step {
        if isEnding { return .sync }
        guard let dirtySince else { return .sleep(until: .max) }
        let dueAt = isWanted ? now : max(dirtySince + interval, resumesAt)
        if now < dueAt { return .sleep(until: dueAt) }
        self.dirtySince = nil
        isWanted = false
        return .sync
    }
}
