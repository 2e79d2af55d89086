// SPDX-License-Identifier: Apache-2.0

/// Objects of one call that waits until they are on the disk.
///
/// Guarded by: the producer's monitor.
final class Confirmation {
    struct Entry {
        let ticket: UInt64
        /// Bytes of the object.
        let count: Int
    }

    /// Where they were written; all of a call are for one target.
    private(set) var log: TargetLog?
    private(set) var entries: [Entry] = []
    /// Those that will not be: they were not taken after all.
    private(set) var refused: [Entry] = []

    /// So many objects wait together, at the most.
    static let most = 1_000

    var isFull: Bool { entries.count >= Self.most }

    /// Whether it is known of each that it is on the disk, or that it is refused.
    var isOver: Bool { (entries.last?.ticket ?? 0) <= log?.log.syncedNumber ?? 0 }

    func add(_ ticket: UInt64, _ count: Int, _ log: TargetLog) {
        if self.log == nil { log.add(self) }
        self.log = log
        entries.append(Entry(ticket: ticket, count: count))
    }

    /// Gives up all above a ticket.
    func refuse(above ticket: UInt64) {
        while let last = entries.last, last.ticket > ticket {
            entries.removeLast()
            refused.append(last)
        }
    }
}
