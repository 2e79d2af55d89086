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
    var targets: [TargetQueue] = []
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
    var wasFull = false
    var hasRoomAgain = false
    var rates: RateLimits
    var buffers: BodyBuffers
    /// What holds for targets that are new.
    var isPaused = false
    var concurrency: Concurrency
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
        heldObjects <= limits.queueObjects - limits.queueObjects / 8
            && heldBytes <= limits.queueBytes - limits.queueBytes / 8
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
        now: Int64, ticks: Int64
    ) throws(DatapanelError) -> Taken? {
        if isClosing { throw Self.closed }
        guard hasRoom(for: object.count) else {
            wasFull = true
            return nil
        }
        lastTicket += 1
        do throws(DatapanelError) {
            return try queue(object, for: target, opaque: opaque, now: now, ticks: ticks)
        } catch {
            lastTicket -= 1
            throw error
        }
    }

    /// In memory.
    func hasRoom(for count: Int) -> Bool {
        heldObjects < limits.queueObjects
            && (heldObjects == 0 || heldBytes + count <= limits.queueBytes)
    }

    /// Has an object wait in memory, under the last ticket. Unchanged when it throws.
    mutating func queue(
        _ object: UnsafeRawBufferPointer, for target: Int, opaque: UnsafeMutableRawPointer?,
        now: Int64, ticks: Int64
    ) throws(DatapanelError) -> Taken {
        let queue = targets[target]
        // What was read back last may have been sent before, or be a former process's.
        if let open = queue.open, open.isBegun || open.isRecovered { queue.seal() }
        let found = queue.batch(
            for: object.count, objects: limits.batchObjects, bytes: limits.batchBytes, now: now)
        let batch = found ?? newBatch(for: target, epoch: epochs.current, startedAt: now)
        try batch.append(
            object, ticket: lastTicket, opaque: opaque, queuedAt: ticks + batch.unixOffset)
        if found == nil { queue.start(batch) }
        heldObjects += 1
        heldBytes += object.count
        noteTaken()
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

    mutating func noteTaken() {
        epochs.add(1)
        counters.taken += 1
    }

    /// Whether the thread has something to do for a target that it does not know of.
    mutating func wakes(for queue: TargetQueue, now: Int64) -> Bool {
        let wakes = !queue.hasWork && sleepsUntil > now
        if wakes { sleepsUntil = now }
        return wakes
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
}
