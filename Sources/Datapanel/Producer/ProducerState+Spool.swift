// SPDX-License-Identifier: Apache-2.0

/// With a spool: what is taken is written first, what has no room in memory waits on the disk, and
/// what a former process left goes before everything else.
extension ProducerState {
    /// So many batches are ready before more is read.
    private var readyEnough: Int { 2 * concurrency.most + 2 }

    // MARK: taking

    /// Makes what a former process left the backlog of its target.
    mutating func takeUp(_ spool: Spool) throws(DatapanelError) {
        lastTicket = spool.recoveredNumber
        for log in spool.logs where log.log.live > 0 {
            _ = try target(named: log.name.bytes)
            epochs.add(log.backlog.objects)
        }
    }

    /// Takes checked objects for one target, and writes them to the spool at once; nil when it has
    /// no room for them. Those have the last of the tickets, one after the other.
    mutating func take(
        _ objects: UnsafeBufferPointer<SpoolObject>, for target: Int, _ spool: Spool, now: Int64,
        _ confirmation: Confirmation?
    ) throws(DatapanelError) -> Taken? {
        if isClosing { throw Self.closed }
        if confirmation?.refused.isEmpty == false { throw spool.unsynced }
        guard let log = targets[target].log else { return nil }
        let before = lastTicket
        lastTicket += UInt64(objects.count)
        guard var place = try spool.take(log, before + 1, objects, now: now) else {
            wasFull = true
            return nil
        }
        lastTicket = before
        var wakes = false
        for object in objects {
            lastTicket += 1
            if keep(object, at: place, target, log, confirmation, now: now) { wakes = true }
            place.offset += object.recordCount
        }
        return Taken(ticket: lastTicket, wakes: wakes)
    }

    /// What makes Unix time of ticks; as a rule without a look at the clocks.
    func unixOffset(of target: Int) -> Int64 {
        targets[target].open?.unixOffset ?? Clock.unixOffset()
    }

    /// What stands in the spool waits in memory, too, where there is room, or is read back later.
    /// Says whether the thread has something to do that it does not know of.
    private mutating func keep(
        _ object: SpoolObject, at place: SpoolLog<FolderDisk>.Place, _ target: Int,
        _ log: TargetLog, _ confirmation: Confirmation?, now: Int64
    ) -> Bool {
        if confirmation == nil && log.backlog.isEmpty && hasRoom(for: object.text.count),
            let taken = try? queue(
                object.text, for: target, opaque: object.opaque, now: now, ticks: object.ticks)
        {
            return taken.wakes
        }
        log.backlog.add(lastTicket, place, object.text.count)
        confirmation?.add(lastTicket, object.text.count, log)
        noteTaken()
        return wakes(for: targets[target], now: now)
    }

    /// Gives up an object that no sync would cover: it was not taken.
    mutating func refuse(_ entry: Confirmation.Entry, _ log: TargetLog) {
        log.backlog.remove(entry.count)
        epochs.remove(1, from: epochs.epoch(of: entry.ticket))
        counters.taken -= 1
    }

    // MARK: reading back

    /// A part of a target's backlog, to be read while no lock is held.
    struct Load {
        let target: Int
        let log: TargetLog
        let read: SpoolLog<FolderDisk>.Read
    }

    mutating func loads(now: Int64) -> [Load] {
        guard let spool, !isStopping else { return [] }
        var loads: [Load] = []
        for index in targets.indices {
            guard let log = targets[index].log, wantsMore(targets[index], log),
                !log.backlog.isBeingRead, now >= log.backlog.resumesAt
            else { continue }
            var lost: [UInt64] = []
            do throws(SpoolFault) {
                let read = try log.nextRead(onlySynced: spool.policy == .always) {
                    lost.append($0)
                }
                if let read { loads.append(Load(target: index, log: log, read: read)) }
            } catch {
                failed(log, error, now: now)
            }
            for number in lost { settleLost(number, index, now: now) }
        }
        return loads
    }

    /// When the disk is asked again after it failed.
    func loadTime(now: Int64) -> Int64 {
        var time = Int64.max
        for target in targets {
            guard let log = target.log, now < log.backlog.resumesAt, wantsMore(target, log) else {
                continue
            }
            time = min(time, log.backlog.resumesAt)
        }
        return time
    }

    private func wantsMore(_ target: TargetQueue, _ log: TargetLog) -> Bool {
        if log.backlog.isEmpty { return false }
        // However much other targets hold, each has a batch.
        if log.backlog.isPurging || target.readyCount == 0 { return true }
        let hasRoom = heldObjects < limits.queueObjects && heldBytes < limits.queueBytes
        return hasRoom && target.readyCount < readyEnough
    }

    private func failed(_ log: TargetLog, _ fault: SpoolFault, now: Int64) {
        log.backlog.resumesAt = now + SyncSchedule.pause
        spool?.fail(fault, "objects wait until it can")
    }

    /// Takes in what was read, as far as there is room.
    mutating func loaded(
        _ load: Load, _ bytes: borrowing Bytes, _ fault: SpoolFault?, now: Int64
    ) {
        let log = load.log
        log.backlog.isBeingRead = false
        if let fault { return failed(log, fault, now: now) }
        var reader = SpoolReader(
            bytes.view, from: 0, behind: load.read.behind, salt: load.read.segment.header.salt)
        let unixNow = Clock.unix()
        var lost: [UInt64] = []
        while wantsMore(targets[load.target], log),
            let found = log.next(&reader, of: load.read, lost: { lost.append($0) })
        {
            do throws(DatapanelError) {
                try append(found, load.target, log, now: now, unixNow: unixNow)
            } catch {
                failed(log, .noMemory, now: now)
                break
            }
            log.took(found.number, found.object.text.count)
        }
        for number in lost { settleLost(number, load.target, now: now) }
        // A flush waits for it, and nothing is left to fill it.
        if log.backlog.isEmpty, let open = targets[load.target].open, open.epoch < epochs.current {
            targets[load.target].seal()
        }
    }

    private mutating func append(
        _ found: (number: UInt64, isBegun: Bool, object: SpoolObject), _ target: Int,
        _ log: TargetLog, now: Int64, unixNow: Int64
    ) throws(DatapanelError) {
        let (number, object) = (found.number, found.object)
        let isRecovered = number <= spool?.recoveredNumber ?? 0
        if number <= log.backlog.purgedThrough {
            let batch = try alone(object, number, target, isRecovered: isRecovered, now: now)
            batch.ambiguousAttempts = found.isBegun ? 1 : 0
            hold(batch)
            return finishPurged(batch)
        }
        if found.isBegun && !limits.delivery.triesAmbiguousAgain {
            let batch = try alone(object, number, target, isRecovered: isRecovered, now: now)
            batch.ambiguousAttempts = 1
            hold(batch)
            return finishUnsent(
                batch,
                batch.unsent(
                    .noReply,
                    "its process ended before the reply came, and ambiguous.policy = fail"))
        }
        let queue = targets[target]
        let epoch = epochs.epoch(of: number)
        if let open = queue.open,
            open.epoch != epoch || open.isBegun != found.isBegun
                || open.isRecovered != isRecovered
        {
            queue.seal()
        }
        let known = queue.batch(
            for: object.text.count, objects: limits.batchObjects, bytes: limits.batchBytes,
            now: now)
        let startedAt = start(of: object, isRecovered: isRecovered, now: now, unixNow: unixNow)
        let batch = known ?? newBatch(for: target, epoch: epoch, startedAt: startedAt)
        try batch.append(
            object.text, ticket: number, opaque: isRecovered ? nil : object.opaque,
            queuedAt: object.queuedAt)
        if known == nil {
            batch.isBegun = found.isBegun
            batch.isRecovered = isRecovered
            // Somebody else may have sent it, and nobody can tell what came of that.
            batch.ambiguousAttempts = found.isBegun ? 1 : 0
            queue.start(batch)
        }
        heldObjects += 1
        heldBytes += object.text.count
        _ = queue.sealIfFull(objects: limits.batchObjects, bytes: limits.batchBytes)
    }

    /// A batch for an object that is not sent.
    private func alone(
        _ object: SpoolObject, _ number: UInt64, _ target: Int, isRecovered: Bool, now: Int64
    ) throws(DatapanelError) -> Batch {
        let batch = Batch(
            target: target, epoch: epochs.epoch(of: number), startedAt: now, dueAt: now,
            unixOffset: 0, in: BodyBuffer())
        batch.isRecovered = isRecovered
        try batch.append(
            object.text, ticket: number, opaque: isRecovered ? nil : object.opaque,
            queuedAt: object.queuedAt)
        return batch
    }

    private mutating func hold(_ batch: Batch) {
        heldObjects += batch.count
        heldBytes += batch.objectBytes
    }

    /// When its time began, on today's monotonic clock. Between two boots only the calendar tells.
    private func start(
        of object: SpoolObject, isRecovered: Bool, now: Int64, unixNow: Int64
    ) -> Int64 {
        let isOfThisBoot = !isRecovered || spool?.folder.isSameBoot ?? false
        if isOfThisBoot { return min(now, object.ticks / 1_000) }
        return now - max(0, (unixNow - object.queuedAt) / 1_000)
    }

    /// An object whose record was damaged since it was written: nothing is left to be sent.
    private mutating func settleLost(_ number: UInt64, _ target: Int, now: Int64) {
        guard let spool else { return }
        spool.counters.damaged += 1
        spool.notice(
            .error, "the spool is damaged: the object with ticket \(Int64(number)) is lost")
        let isRecovered = number <= spool.recoveredNumber
        let nothing = SpoolObject(
            queuedAt: 0, ticks: 0, opaque: nil, text: UnsafeRawBufferPointer(start: nil, count: 0),
            checksum: 0)
        guard
            let batch = try? alone(nothing, number, target, isRecovered: isRecovered, now: now)
        else { return }
        batch.ambiguousAttempts = isRecovered ? 1 : 0
        _ = batch.takeBuffer()
        hold(batch)
        finishUnsent(batch, batch.unsent(.spool, "its record in the spool is damaged"))
    }
}
