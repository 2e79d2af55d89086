// SPDX-License-Identifier: Apache-2.0

/// Bounds the bytes of failed objects that wait to be collected. When they are too many the oldest
/// lose theirs and keep their reports: a caller that never looks must not fill the host's memory.
struct PayloadBudget {
    private var waiting = Fifo<Settlement>()
    private var bytes = 0
    private(set) var dropped = 0

    mutating func add(_ settlement: Settlement) {
        guard settlement.payloadBytes > 0 else { return }
        waiting.append(settlement)
        bytes += settlement.payloadBytes
    }

    /// Takes from the oldest what it has when all are above the limit; the newest keeps its own,
    /// however large.
    mutating func drop(above limit: Int) -> BodyBuffer? {
        guard bytes > limit, waiting.count > 1, let oldest = waiting.first else { return nil }
        remove(oldest)
        dropped += oldest.failureCount
        return oldest.batch.takeBuffer()
    }

    /// From here on the bytes are the caller's.
    mutating func remove(_ settlement: Settlement) {
        guard !settlement.isCollected, settlement.payloadBytes > 0 else { return }
        settlement.isCollected = true
        bytes -= settlement.payloadBytes
        while let first = waiting.first, first.isCollected { _ = waiting.popFirst() }
    }
}
