// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Objects of one target that travel together: the bytes of a request's list, and who they are.
final class Batch {
    let target: Int
    /// Which flush waits for it; see `EpochCounts`.
    let epoch: Int
    /// On the monotonic clock, in milliseconds: when the oldest object was taken.
    let startedAt: Int64
    /// When it stops waiting for company.
    var dueAt: Int64
    private(set) var objects = Bytes()
    private var items = Bytes()
    private(set) var count = 0

    /// How often it was sent, and how often nobody could tell whether it was stored.
    var attempts = 0
    var ambiguousAttempts = 0
    /// What the last attempt came to, in words.
    var lastCause: String?
    /// The rejected batch that this one is a part of.
    var split: Split?

    struct Item {
        /// Where the object ends. A request never reaches 4 GiB.
        let end: UInt32
        let ticket: UInt64
        let opaque: UnsafeMutableRawPointer?
        /// Microseconds of Unix time.
        let queuedAt: Int64
    }

    init(target: Int, epoch: Int, startedAt: Int64, dueAt: Int64) {
        self.target = target
        self.epoch = epoch
        self.startedAt = startedAt
        self.dueAt = dueAt
    }

    /// Unchanged when it throws.
    func append(
        _ object: UnsafeRawBufferPointer, ticket: UInt64, opaque: UnsafeMutableRawPointer?,
        queuedAt: Int64
    ) throws(DatapanelError) {
        try objects.reserve(object.count + 1)
        try items.reserve(MemoryLayout<Item>.stride)
        if count > 0 { try objects.append(UInt8(ascii: ",")) }
        try objects.append(object)
        var item = Item(
            end: UInt32(truncatingIfNeeded: objects.count), ticket: ticket, opaque: opaque,
            queuedAt: queuedAt)
        try withUnsafeBytes(of: &item) { bytes throws(DatapanelError) in
            try items.append(
                UnsafeRawBufferPointer(start: bytes.baseAddress, count: MemoryLayout<Item>.size))
        }
        count += 1
    }

    func item(_ index: Int) -> Item {
        items.view.loadUnaligned(fromByteOffset: index * MemoryLayout<Item>.size, as: Item.self)
    }

    func object(_ index: Int) -> UnsafeRawBufferPointer {
        let first = index == 0 ? 0 : Int(item(index - 1).end) + 1
        return UnsafeRawBufferPointer(rebasing: objects.view[first..<Int(item(index).end)])
    }

    /// The bytes of the objects alone, as the queue counts them.
    var objectBytes: Int { objects.count - max(count - 1, 0) }

    /// A batch of some of the objects, with the same past.
    func part(_ range: Range<Int>, of split: Split?) throws(DatapanelError) -> Batch {
        let part = Batch(
            target: target, epoch: epoch, startedAt: startedAt, dueAt: startedAt)
        for index in range {
            let item = item(index)
            try part.append(
                object(index), ticket: item.ticket, opaque: item.opaque, queuedAt: item.queuedAt)
        }
        part.attempts = attempts
        part.ambiguousAttempts = ambiguousAttempts
        part.lastCause = lastCause
        part.split = split
        return part
    }
}
