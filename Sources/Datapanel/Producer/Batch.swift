// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Objects of one target that travel together: the bytes of a request's list, and who they are.
final class Batch {
    let target: Int
    /// Which flush waits for it; see `EpochCounts`.
    let epoch: Int
    /// On the monotonic clock, in milliseconds: when the oldest object was taken.
    let startedAt: Int64
    /// What makes Unix time of `Clock.ticks`.
    let unixOffset: Int64
    /// When it stops waiting for company.
    var dueAt: Int64
    /// Where the memory came from; nil once the objects were given up.
    private var buffer: BodyBuffer?
    /// That memory, with the objects.
    private var text = Bytes()
    private var items = Bytes()
    private(set) var count = 0

    /// How often it was sent, and how often nobody could tell whether it was stored.
    var attempts = 0
    var ambiguousAttempts = 0
    /// Whether the spool knows that it may have been sent.
    var isBegun = false
    /// Whether its objects are a former process's.
    var isRecovered = false
    /// Of the body it is sent in, where calls are signed.
    var bodyHash: Text?
    /// Whether its last attempt was refused with a token that IAM gave, and it goes again.
    var hasRenewed = false
    /// What the last attempt would have come to.
    var lastOutcome: Outcome?
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

    init(
        target: Int, epoch: Int, startedAt: Int64, dueAt: Int64, unixOffset: Int64,
        in buffer: BodyBuffer
    ) {
        self.unixOffset = unixOffset
        self.buffer = buffer
        swap(&text, &buffer.bytes)
        self.target = target
        self.epoch = epoch
        self.startedAt = startedAt
        self.dueAt = dueAt
    }

    /// Takes the memory for so many objects, if there is as much.
    func reserve(_ objects: Int) {
        try? items.reserve(objects * MemoryLayout<Item>.stride)
    }

    /// Unchanged when it throws.
    func append(
        _ object: UnsafeRawBufferPointer, ticket: UInt64, opaque: UnsafeMutableRawPointer?,
        queuedAt: Int64
    ) throws(DatapanelError) {
        try text.reserve(object.count + 1)
        try items.reserve(MemoryLayout<Item>.stride)
        if count > 0 { try text.append(UInt8(ascii: ",")) }
        try text.append(object)
        var item = Item(
            end: UInt32(truncatingIfNeeded: text.count), ticket: ticket, opaque: opaque,
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

    /// The objects with commas between them; nothing once they were given up.
    var objects: UnsafeRawBufferPointer { text.view }

    /// nil once the objects were given up.
    func object(_ index: Int) -> UnsafeRawBufferPointer? {
        guard buffer != nil else { return nil }
        let first = index == 0 ? 0 : Int(item(index - 1).end) + 1
        return UnsafeRawBufferPointer(rebasing: objects[first..<Int(item(index).end)])
    }

    /// Gives up the objects, of which nobody asks any more, and hands back their memory.
    func takeBuffer() -> BodyBuffer? {
        guard let buffer else { return nil }
        swap(&text, &buffer.bytes)
        self.buffer = nil
        return buffer
    }

    /// The bytes of the objects alone, as the queue counts them.
    var objectBytes: Int { objects.count - max(count - 1, 0) }

    /// The outcome of objects that are not sent any more.
    func unsent(_ code: Code, _ reason: Text) -> Outcome {
        var outcome = lastOutcome ?? Outcome()
        outcome.code = code
        outcome.stored = .no
        outcome.attempts = UInt32(truncatingIfNeeded: attempts)
        outcome.finishedAt = Clock.unix()
        if let last = outcome.message {
            outcome.message = "\(reason); last: \(last)"
        } else {
            outcome.message = "\(reason); it was never sent"
        }
        return outcome
    }

    /// A batch of some of the objects, with the same past.
    func part(_ range: Range<Int>, of split: Split?) throws(DatapanelError) -> Batch {
        let part = Batch(
            target: target, epoch: epoch, startedAt: startedAt, dueAt: startedAt,
            unixOffset: unixOffset, in: BodyBuffer())
        for index in range {
            guard let object = object(index) else { continue }
            let item = item(index)
            try part.append(
                object, ticket: item.ticket, opaque: item.opaque, queuedAt: item.queuedAt)
        }
        part.attempts = attempts
        part.ambiguousAttempts = ambiguousAttempts
        part.isBegun = isBegun
        part.isRecovered = isRecovered
        part.lastOutcome = lastOutcome
        part.split = split
        return part
    }
}
