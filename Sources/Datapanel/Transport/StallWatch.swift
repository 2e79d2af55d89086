// SPDX-License-Identifier: Apache-2.0

/// Finds uploads that stand still. Waiting for a reply is no stall: breaking that off early would
/// only make duplicates.
struct StallWatch {
    private static let bytesPerSecond: Int64 = 1_024

    /// In milliseconds.
    private let limit: Int64
    private var mark: (taken: Int, time: Int64)?
    private(set) var isStalled = false

    init(limit: Int64) {
        self.limit = limit
    }

    mutating func check(_ taken: Int, at now: Int64) -> Bool {
        guard let mark else {
            self.mark = (taken, now)
            return false
        }
        let time = now - mark.time
        guard time >= limit else { return false }
        isStalled = Int64(taken - mark.taken) * 1_000 < time * Self.bytesPerSecond
        self.mark = (taken, now)
        return isStalled
    }
}
