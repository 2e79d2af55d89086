// SPDX-License-Identifier: Apache-2.0

/// What waits for one target, and whether it may go.
final class TargetQueue {
    let name: Text
    var address: TargetAddress
    /// What the spool has of it.
    var log: TargetLog?
    private(set) var open: Batch?
    private var ready = Fifo<Batch>()
    /// Whether the oldest of them is the first.
    private var isInOrder = true
    /// On the monotonic clock, in milliseconds; before that nothing is sent.
    private var resumeAt: Int64 = 0
    /// The same, of a probe while it is blocked.
    private var probesAt: Int64 = 0
    /// Failures in a row.
    var failures = 0
    /// Only probes are sent.
    private(set) var isBlocked = false
    /// Why.
    private(set) var blockedBy: Text?
    var inFlight = 0
    /// Rejected batches that are being halved: one part at a time.
    var splits = 0
    var isPaused = false
    /// How large batches are here lately.
    private(set) var usual = UsualSize()
    var breaker = Breaker()
    var budget = RetryBudget()
    var splitBudget = SplitBudget()
    /// Bodies above this were too large lately.
    private var learnedBytes = Int.max
    private var learnedUntil: Int64 = 0
    /// In milliseconds.
    private static let memory: Int64 = 600_000

    init(_ name: Text, _ address: TargetAddress) {
        self.name = name
        self.address = address
    }

    var url: Text { address.url }

    var readyCount: Int { ready.count }

    var hasWork: Bool { open != nil || !ready.isEmpty }

    /// The batch that takes an object of this size, if there is one.
    func batch(for size: Int, objects: Int, bytes: Int, now: Int64) -> Batch? {
        if now >= learnedUntil { learnedBytes = .max }
        guard let batch = open else { return nil }
        let limit = min(bytes, learnedBytes)
        let hasRoom = batch.count < splitBudget.batchObjects(objects)
        if hasRoom && batch.objects.count + 1 + size <= limit { return batch }
        seal()
        return nil
    }

    func start(_ batch: Batch) {
        open = batch
    }

    /// Closes the open batch when nothing more fits; says whether it did.
    func sealIfFull(objects: Int, bytes: Int) -> Bool {
        guard let batch = open else { return false }
        let isFull = batch.count >= splitBudget.batchObjects(objects)
        guard isFull || batch.objects.count >= min(bytes, learnedBytes) else { return false }
        seal()
        return true
    }

    func seal() {
        if let batch = takeOpen() { ready.append(batch) }
    }

    private func takeOpen() -> Batch? {
        guard let batch = open else { return nil }
        usual = UsualSize(batch)
        open = nil
        return batch
    }

    /// Before the younger ones.
    func putBack(_ batch: Batch) {
        ready.insert(batch) { batch.startedAt <= $0.startedAt }
    }

    func putLast(_ batch: Batch) {
        isInOrder = false
        ready.append(batch)
    }

    /// Nothing is sent before; an answer that allows it earlier than another one does not count.
    func wait(until time: Int64) {
        resumeAt = max(resumeAt, time)
    }

    /// When something may be sent again.
    var opensAt: Int64 { isBlocked ? max(resumeAt, probesAt) : resumeAt }

    func learn(bodyBytes: Int, now: Int64) {
        learnedUntil = now + Self.memory
        learnedBytes = max(1_024, min(learnedBytes, bodyBytes / 2))
    }

    /// One at a time while it is unsure whether any will do.
    private var maySend: Bool {
        guard !isPaused, address.isKnown else { return false }
        return inFlight == 0 || (!isBlocked && splits == 0 && !breaker.isOpen)
    }

    /// What goes out next. The open batch goes before it is full when its time has come.
    func next(now: Int64) -> Batch? {
        guard maySend, now >= opensAt else { return nil }
        if let batch = ready.popFirst() { return batch }
        guard let batch = open, now >= batch.dueAt else { return nil }
        return takeOpen()
    }

    /// A batch that has waited too long.
    func popExpired(before start: Int64) -> Batch? {
        guard oldest <= start else { return nil }
        if let batch = ready.popFirst(where: { $0.startedAt <= start }) { return batch }
        return takeOpen()
    }

    /// Since when the oldest has waited.
    private var oldest: Int64 {
        var oldest = min(ready.first?.startedAt ?? .max, open?.startedAt ?? .max)
        if ready.isEmpty { isInOrder = true }
        if !isInOrder { ready.forEach { oldest = min(oldest, $0.startedAt) } }
        return oldest
    }

    func block(until time: Int64, _ reason: Text?) {
        isBlocked = true
        blockedBy = reason
        probesAt = time
    }

    /// Somebody may have mended it.
    func probeAtOnce() {
        probesAt = 0
    }

    func unblock() {
        isBlocked = false
        blockedBy = nil
    }

    /// Whether it is time to find out where its objects go.
    var wantsAddress: Bool { !address.isKnown && hasWork && !isPaused }

    /// What was refused at another address says nothing of this one.
    func lead(to url: Text, _ log: Log) {
        let former = self.url
        guard address.find(url) else { return }
        if former.count > 0 {
            log.write(.information, .retry) {
                """
                \(Excerpt.of(name.bytes, limit: 80)) is now at \
                \(Excerpt.of(url.bytes, limit: 400))
                """
            }
        }
        unblock()
        failures = 0
    }

    /// Its parts are ordinary batches again.
    func forget(_ split: Split) {
        ready.forEach { if $0.split === split { $0.split = nil } }
    }

    func popAny() -> Batch? {
        if ready.isEmpty { seal() }
        return ready.popFirst()
    }

    /// When there will be something to do that nobody announces. `from` is when a request may begin
    /// at all; nil when only the end of another makes room.
    func wakeTime(from: Int64?, deliveryTimeout: Int64) -> Int64 {
        guard hasWork else { return .max }
        let expiry = oldest + deliveryTimeout
        guard maySend, let from else { return expiry }
        let dueAt = ready.isEmpty ? open?.dueAt ?? 0 : 0
        return min(expiry, max(opensAt, dueAt, from))
    }
}
