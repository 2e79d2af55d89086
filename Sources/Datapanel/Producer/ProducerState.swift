// SPDX-License-Identifier: Apache-2.0

/// All that a producer's threads share: what was taken and where it stands. It decides; `Worker`
/// acts. Times are on the monotonic clock, in milliseconds.
struct ProducerState {
    var config: Config
    let limits: ProducerLimits
    /// Where somebody gives them.
    var tokens: TokenState?
    var names: ProducerNames
    let events: EventFlag
    private(set) var targets: [TargetQueue] = []
    var epochs = EpochCounts()
    var reports: ReportQueue
    /// What failed and is to be written down first.
    var unwritten: [Settlement] = []
    /// In memory, without an outcome.
    var heldObjects = 0
    var heldBytes = 0
    var inFlight = 0
    var lastTicket: UInt64 = 0
    /// Where what was taken is kept on disk.
    let spool: Spool?
    private var nextTarget = 0
    /// Until when the thread sleeps if nobody wakes it.
    private(set) var sleepsUntil: Int64 = 0
    private var wasFull = false
    var hasRoomAgain = false
    var rates: RateLimits
    private var buffers: BodyBuffers
    /// What holds for targets that are new.
    var isPaused = false
    private(set) var concurrency: Concurrency
    var credentials: CredentialGate
    var isClosing = false
    var isStopping = false
    var counters = ProducerCounters()

    static func make(
        _ config: Config, _ limits: ProducerLimits, _ events: EventFlag, _ spool: Spool? = nil
    ) throws(DatapanelError) -> ProducerState {
        var state = ProducerState(
            config: config, limits: limits, tokens: config.auth.isGiven ? TokenState(config) : nil,
            names: try ProducerNames(config), events: events, reports: ReportQueue(limits.reports),
            spool: spool, rates: RateLimits(config, now: Clock.monotonic()),
            buffers: BodyBuffers(limit: limits.queueBytes / 4), concurrency: limits.concurrency,
            credentials: CredentialGate(config))
        if let spool { try state.takeUp(spool) }
        return state
    }

    /// All without an outcome.
    var queuedObjects: Int { heldObjects + (spool?.backlogObjects ?? 0) }

    var queuedBytes: Int { heldBytes + (spool?.backlogBytes ?? 0) }

    mutating func change(_ config: Config, isAnew: Bool = false, now: Int64) {
        if config.isSigningAnew(since: self.config) { credentials.startAnew(config) }
        self.config = config
        if isAnew { tokens?.startAnew(config) }
        if !config.auth.isGiven { tokens = nil }
        rates.set(config, now: now)
        retryBlocked()
    }

    /// Room for more than an object or two.
    var hasMuchRoom: Bool {
        inFlight == 0
            || (heldObjects <= limits.queueObjects - limits.queueObjects / 8
                && heldBytes <= limits.queueBytes - limits.queueBytes / 8)
    }

    // MARK: taking

    struct Taken {
        let ticket: UInt64
        /// The thread has something to do that it does not know of.
        let wakes: Bool
    }

    /// Takes a checked object; nil when there is no room for it. `ticks` is when it came, `now`
    /// when there may be room.
    mutating func take(
        _ object: UnsafeRawBufferPointer, for target: Int, opaque: UnsafeMutableRawPointer?,
        now: Int64, ticks: Int64, checksum: UInt32 = 0, _ confirmation: Confirmation? = nil
    ) throws(DatapanelError) -> Taken? {
        if isClosing { throw Self.closed }
        let isFull =
            heldObjects >= limits.queueObjects
            || (heldObjects > 0 && heldBytes + object.count > limits.queueBytes)
        let queue = targets[target]
        var place: SpoolLog<FolderDisk>.Place?
        if let spool, let log = queue.log {
            if confirmation?.refused.isEmpty == false { throw spool.unsynced }
            let item = SpoolObject(
                queuedAt: ticks + (queue.open?.unixOffset ?? Clock.unixOffset()), ticks: ticks,
                opaque: opaque, text: object, checksum: checksum)
            switch try write(item, spool, log, hasRoom: !isFull, now: now) {
            case .nowhere:
                wasFull = true
                return nil
            case .onDisk:
                confirmation?.add(lastTicket, object.count, log)
                return onDisk(queue, now: now)
            case .inMemory(let written):
                place = written
            }
        } else if isFull {
            wasFull = true
            return nil
        } else {
            lastTicket += 1
        }
        let found = queue.batch(
            for: object.count, objects: limits.batchObjects, bytes: limits.batchBytes, now: now)
        let batch = found ?? newBatch(for: target, epoch: epochs.current, startedAt: now)
        do throws(DatapanelError) {
            try batch.append(
                object, ticket: lastTicket, opaque: opaque, queuedAt: ticks + batch.unixOffset)
        } catch {
            guard let place, let log = queue.log else {
                lastTicket -= 1
                throw error
            }
            // It is read back when there is memory for it.
            log.backlog.add(lastTicket, place, object.count)
            return onDisk(queue, now: now)
        }
        if found == nil { queue.start(batch) }
        heldObjects += 1
        heldBytes += object.count
        epochs.add(1)
        counters.taken += 1
        boundMemory()
        let isSealed = queue.sealIfFull(objects: limits.batchObjects, bytes: limits.batchBytes)
        // A batch that was sealed to make room is ready, too.
        let isReady = isSealed || (found == nil && queue.readyCount > 0)
        let wakesForIt = isReady && inFlight < concurrency.limit && now >= queue.opensAt
        let wakesForTime = found == nil && batch.dueAt < sleepsUntil
        let wakesForName = !queue.address.isKnown && found == nil
        let wakes = (wakesForIt && sleepsUntil > now) || wakesForTime || wakesForName
        if wakes { sleepsUntil = now }
        return Taken(ticket: lastTicket, wakes: wakes)
    }

    /// Taken, and to be read back later.
    private mutating func onDisk(_ queue: TargetQueue, now: Int64) -> Taken {
        epochs.add(1)
        counters.taken += 1
        let wakes = !queue.hasWork && sleepsUntil > now
        if wakes { sleepsUntil = now }
        return Taken(ticket: lastTicket, wakes: wakes)
    }

    mutating func newBatch(for target: Int, epoch: Int, startedAt: Int64) -> Batch {
        let buffer = buffers.take()
        // Without the memory it grows as it can.
        try? buffer.bytes.reserve(targets[target].usual.bytes(atMost: limits.batchBytes))
        let batch = Batch(
            target: target, epoch: epoch, startedAt: startedAt,
            dueAt: startedAt + limits.linger + limits.jitter(), unixOffset: Clock.unixOffset(),
            in: buffer)
        batch.reserve(targets[target].usual.objects(atMost: limits.batchObjects))
        return batch
    }

    mutating func target(named name: UnsafeRawBufferPointer) throws(DatapanelError) -> Int {
        for index in targets.indices where targets[index].name.equals(name) { return index }
        let address = try address(for: name)
        let queue = TargetQueue(try Text(name), address)
        queue.log = try spool?.open(queue.name)
        queue.isPaused = isPaused
        targets.append(queue)
        return targets.count - 1
    }

    // MARK: sending

    /// The batch that goes out next, targets in turn.
    mutating func next(now: Int64) -> Batch? {
        guard !isStopping, let opensAt = opensAt(now: now), opensAt <= now,
            tokens == nil || tokens?.token(now: now) != nil
        else { return nil }
        for step in targets.indices {
            let index = (nextTarget + step) % targets.count
            let target = targets[index]
            guard let batch = target.next(now: now) else { continue }
            if let spool, let log = target.log, !spool.begin(batch, log, now: now) {
                target.wait(until: now + SyncSchedule.pause)
                target.putBack(batch)
                continue
            }
            nextTarget = index + 1
            target.inFlight += 1
            inFlight += 1
            concurrency.begun(inFlight: inFlight)
            let going = !target.isBlocked ? batch : probe(batch, target)
            rates.pay(going)
            return going
        }
        return nil
    }

    /// When a request may begin; nil while only the end of another one tells.
    private mutating func opensAt(now: Int64) -> Int64? {
        let isFree =
            credentials.letsMany
            ? inFlight < concurrency.limit : inFlight + names.underWay == 0
        return isFree ? callsOpenAt(now: now) : nil
    }

    /// When a call may begin, however many are under way.
    mutating func callsOpenAt(now: Int64) -> Int64? {
        let time = max(rates.opensAt(now: now), credentials.opensAt)
        guard let tokens, tokens.token(now: now) == nil else { return time }
        return tokens.wakeTime.map { max($0, time) }
    }

    /// One object tells as much as many, and risks less.
    private func probe(_ batch: Batch, _ target: TargetQueue) -> Batch {
        guard batch.count > 1, let one = try? batch.part(0..<1, of: batch.split),
            let rest = try? batch.part(1..<batch.count, of: batch.split)
        else { return batch }
        target.putBack(rest)
        return one
    }

    /// Ends what has waited for longer than it may.
    mutating func expire(now: Int64) {
        for target in targets {
            while let batch = target.popExpired(before: now - limits.deliveryTimeout) {
                settleExpired(batch)
            }
        }
    }

    /// Notes until when the thread may sleep, and says so.
    mutating func sleepTime(now: Int64) -> Int64 {
        let opensAt = opensAt(now: now)
        var time = Int64.max
        for target in targets {
            let wake = target.wakeTime(from: opensAt, deliveryTimeout: limits.deliveryTimeout)
            time = min(time, wake)
        }
        time = min(time, lookupTime(now: now), loadTime(now: now))
        if queuedObjects == 0 { time = min(time, buffers.rest(now: now)) }
        sleepsUntil = time
        return time
    }

    // MARK: finishing

    /// Takes note of an attempt, and does with its batch what `Delivery` decides. `settlement` is
    /// what the batch comes to if this is the end.
    @discardableResult
    mutating func finished(
        _ settlement: Settlement, _ verdict: Verdict, isRenewed: Bool = false,
        _ retryAfter: Int64?, tokenNumber: Int = 0, keyRound: Int? = nil, sentTo url: Text? = nil,
        took: Int64, now: Int64
    ) -> Delivery.Decision {
        let batch = settlement.batch
        let target = targets[batch.target]
        let (verdict, isMoved) = judged(verdict, settlement.outcome, target, sentTo: url)
        // A clock that was wrong says nothing of the token.
        let hasNewToken =
            !isRenewed
            && tokens?.answered(tokenNumber, verdict, hasRenewed: batch.hasRenewed) ?? false
        batch.hasRenewed = hasNewToken
        let keyRound = keyRound ?? credentials.round
        let hasNewKeys = credentials.hasOtherKeys(verdict, round: keyRound)
        let isRenewed = isRenewed || hasNewToken || hasNewKeys || isMoved
        target.inFlight -= 1
        inFlight -= 1
        counters.attempts += 1
        target.breaker.attempted(verdict)
        target.splitBudget.ended(
            isPart: batch.split != nil, isStored: verdict.next == .deliver, now: now)
        concurrency.ended(verdict, took: took, now: now)
        credentials.answered(verdict, round: keyRound, isRenewed: isRenewed, now: now)
        if verdict.next == .deliver { target.budget.earn() }
        switch verdict.next {
        case .deliver, .split, .halve: target.failures = 0
        default: target.failures += 1
        }
        let decision = limits.delivery.decide(
            Delivery.Facts(
                verdict: verdict, isRenewed: isRenewed, count: batch.count,
                ambiguousAttempts: batch.ambiguousAttempts, failures: target.failures,
                retryAfter: retryAfter, left: batch.startedAt + limits.deliveryTimeout - now,
                dice: verdict.next == .deliver ? 0 : Random.number()))
        switch decision {
        case .settle:
            settle(settlement, isRejected: verdict.next == .split, now: now)
        case .expire:
            settleExpired(batch)
        case .retry(let pause):
            counters.retries += 1
            let isFree = verdict.next == .hold || verdict.next == .renew
            let hasBudget = isFree || target.budget.pay(for: verdict)
            target.wait(
                until: now + (hasBudget ? pause : max(pause, limits.delivery.backoff.cap)))
            target.putBack(batch)
        case .split:
            if verdict.next == .halve { target.learn(bodyBytes: batch.objects.count, now: now) }
            halve(settlement, isRejected: verdict.next == .split, now: now)
        case .block(let pause):
            block(target, batch, until: now + pause)
            target.putBack(batch)
        case .settleAndBlock(let pause):
            settle(settlement, isRejected: false, now: now)
            block(target, batch, until: now + pause)
        }
        return decision
    }

    /// A batch that could not even be begun goes back and waits a moment.
    mutating func notBegun(_ batch: Batch, now: Int64) {
        let target = targets[batch.target]
        target.inFlight -= 1
        inFlight -= 1
        target.wait(until: now + Backoff.floor)
        target.putBack(batch)
    }

    private mutating func settle(_ settlement: Settlement, isRejected: Bool, now: Int64) {
        let batch = settlement.batch
        let target = targets[batch.target]
        if settlement.outcome.code == .ok { target.unblock() }
        if let split = batch.split {
            if isRejected { return apply(split.rejected(settlement), split, target, now: now) }
            conclude(settlement)
            let isStored = settlement.outcome.code == .ok
            apply(split.decided(batch.count, stored: isStored), split, target, now: now)
        } else if isRejected && target.isBlocked {
            // While a target rejects everything, one rejection more says nothing of the object.
            // The next probe is another object.
            block(target, batch, until: now + Delivery.probes.base)
            target.putLast(batch)
        } else {
            conclude(settlement)
        }
    }

    private mutating func apply(
        _ conclusion: Split.Conclusion, _ split: Split, _ target: TargetQueue, now: Int64
    ) {
        switch conclusion {
        case .wait:
            return
        case .settle(let settlements):
            for settlement in settlements { conclude(settlement) }
            if split.isOver { target.splits -= 1 }
        case .systemic(let batches):
            counters.systemicRejections += 1
            target.splits -= 1
            target.forget(split)
            for batch in batches {
                batch.split = nil
                block(target, batch, until: now + Delivery.probes.base)
                target.putLast(batch)
            }
        }
    }

    private mutating func halve(_ settlement: Settlement, isRejected: Bool, now: Int64) {
        let batch = settlement.batch
        let target = targets[batch.target]
        let middle = batch.count / 2
        let split = batch.split ?? (isRejected ? Split(total: batch.count) : nil)
        do throws(DatapanelError) {
            let left = try batch.part(0..<middle, of: split)
            let right = try batch.part(middle..<batch.count, of: split)
            if batch.split == nil && split != nil { target.splits += 1 }
            counters.splits += 1
            target.putBack(right)
            target.putBack(left)
        } catch {
            // Without memory for two halves the whole has its outcome.
            settle(settlement, isRejected: false, now: now)
        }
    }

    private func block(_ target: TargetQueue, _ batch: Batch, until time: Int64) {
        target.block(until: time, batch.lastOutcome?.message)
    }

    @inline(never)
    private mutating func settleExpired(_ batch: Batch) {
        let limit = Duration.text(limits.deliveryTimeout)
        noteTrouble(of: batch)
        finishUnsent(
            batch, batch.unsent(.expired, "not delivered within delivery.timeout = \(limit)"))
    }

    @inline(never)
    mutating func finishUnsent(_ batch: Batch, _ outcome: Outcome) {
        conclude(Settlement(outcome, batch))
        guard let split = batch.split else { return }
        apply(
            split.decided(batch.count, stored: false), split, targets[batch.target],
            now: Clock.monotonic())
    }

    @inline(never)
    private mutating func conclude(_ settlement: Settlement) {
        if needsLetter(settlement) { unwritten.append(settlement) } else { tell(settlement) }
    }

    /// The end of all objects of a batch: their room is free, their reports wait.
    @inline(never)
    mutating func tell(_ settlement: Settlement) {
        if let spool, let log = targets[settlement.batch.target].log {
            spool.finish(settlement.batch, log, now: Clock.monotonic())
        }
        release(settlement.batch)
        recycle(settlement)
        counters.stored += settlement.count - settlement.failureCount
        counters.failed += settlement.failureCount
        reports.add(settlement)
        boundMemory()
        raiseEvents()
    }

    /// What waits in the queue and what waits to be collected share an allowance.
    private mutating func boundMemory() {
        let most = limits.queueBytes + limits.queueBytes / 4 - heldBytes
        while let buffer = reports.dropPayload(above: most) { buffers.giveBack(buffer) }
    }

    /// Of stored objects nobody asks for the bytes.
    private mutating func recycle(_ settlement: Settlement) {
        if settlement.failureCount == 0, let buffer = settlement.batch.takeBuffer() {
            buffers.giveBack(buffer)
        }
    }

    mutating func release(_ batch: Batch) {
        heldObjects -= batch.count
        heldBytes -= batch.objectBytes
        epochs.remove(batch.count, from: batch.epoch)
        if wasFull {
            wasFull = false
            hasRoomAgain = true
        }
    }

    func raiseEvents() {
        events.set(reports.count > 0 || hasRoomAgain)
    }
}
