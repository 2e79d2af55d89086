// SPDX-License-Identifier: Apache-2.0

/// How many objects of each epoch have no outcome yet. A flush ends an epoch and waits for it and
/// all before.
struct EpochCounts {
    private(set) var current = 0
    private var oldest = 0
    private var counts: [Int] = [0]
    /// The last ticket of each epoch that has ended.
    private var lastTickets: [UInt64] = []

    mutating func add(_ count: Int) {
        counts[counts.count - 1] += count
    }

    mutating func remove(_ count: Int, from epoch: Int) {
        let index = epoch - oldest
        guard counts.indices.contains(index) else { return }
        counts[index] -= count
        while counts.count > 1, counts[0] == 0 {
            counts.removeFirst()
            lastTickets.removeFirst()
            oldest += 1
        }
    }

    /// The epoch that an object without an outcome belongs to.
    func epoch(of ticket: UInt64) -> Int {
        for index in lastTickets.indices where ticket <= lastTickets[index] {
            return oldest + index
        }
        return current
    }

    /// Ends the epoch and tells which it was. An empty one goes on.
    mutating func end(after ticket: UInt64) -> Int {
        guard counts[counts.count - 1] > 0 else { return current - 1 }
        counts.append(0)
        lastTickets.append(ticket)
        current += 1
        return current - 1
    }

    /// Whether nothing of an epoch, or of one before, is left.
    func isOver(_ epoch: Int) -> Bool {
        for index in counts.indices where oldest + index <= epoch && counts[index] > 0 {
            return false
        }
        return true
    }
}
