// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Takes objects from any thread and delivers them from one of its own.
///
/// The way of an object: `send` checks it (`JSONScanner`) and `ProducerState` copies it into the
/// open batch of its target; `Worker` sends the batch (`Transfer`), reads the reply and has the
/// attempt judged (`Attempt`); `Delivery` decides what that means for the batch; in the end its
/// `Settlement` waits in the `ReportQueue` for `poll`.
///
/// Runs on: any thread, many at once; `close` once.
/// Guarded by: `monitor`.
package final class Producer: @unchecked Sendable {
    let monitor: Monitor<ProducerState>
    let waiters: Waiters
    let worker: Worker
    /// Where what was taken is kept on disk.
    let spool: Spool?
    private let deadLetters: DeadLetterDesk?
    private let frameCount: Int
    private let generation = ProcessGeneration.current()
    private var thread: HostThread?
    private var syncThread: HostThread?
    package let eventDescriptor: Int32

    package static func make(_ config: Config) throws(DatapanelError) -> Producer {
        let config = try config.settled()
        try config.check()
        try config.checkProducer()
        var head = Bytes()
        try Envelope(config).writeHead(config.listField, to: &head)
        let events = try EventFlag.make()
        let limits = ProducerLimits(config, headCount: head.count)
        let spool = try Spool.make(config)
        try spool?.settle(lettersIn: config)
        let monitor = Monitor(try ProducerState.make(config, limits, events, spool))
        let waiters = Waiters()
        let group = try TransferGroup.make(connections: Int(config.number(.inflight)))
        let deadLetters = try DeadLetterDesk.make(config, spool: spool?.folder.id)
        let worker = Worker(monitor, waiters, group, try Text(head.view), deadLetters)
        let producer = Producer(
            monitor, waiters, worker, spool, deadLetters, events.descriptor,
            frameCount: head.count + Envelope.tail.utf8CodeUnitCount)
        producer.tellOfSpool()
        try producer.start()
        return producer
    }

    private init(
        _ monitor: Monitor<ProducerState>, _ waiters: Waiters, _ worker: Worker, _ spool: Spool?,
        _ deadLetters: DeadLetterDesk?, _ eventDescriptor: Int32, frameCount: Int
    ) {
        self.spool = spool
        self.deadLetters = deadLetters
        self.monitor = monitor
        self.waiters = waiters
        self.worker = worker
        self.eventDescriptor = eventDescriptor
        self.frameCount = frameCount
    }

    package var isForked: Bool { generation != ProcessGeneration.current() }

    // MARK: taking

    package func send(
        _ target: UnsafeRawBufferPointer, _ object: UnsafeRawBufferPointer,
        opaque: UnsafeMutableRawPointer?, timeout: Int64
    ) throws(DatapanelError) -> UInt64 {
        try checkProcess()
        if object.count + frameCount > Request.bodyLimit { throw tooLarge(object.count) }
        do throws(JSONFault) {
            try JSONScanner.checkObject(object)
        } catch {
            throw error.error("not a JSON object", in: object)
        }
        let ticks = Clock.ticks()
        let deadline = Clock.deadline(from: ticks, after: timeout)
        if let spool {
            return try send(spool, target, object, opaque, ticks, until: deadline)
        }
        return try take(ticks, until: deadline) { state, now throws(DatapanelError) in
            try state.take(
                object, for: state.target(named: target), opaque: opaque, now: now, ticks: ticks)
        }
    }

    /// Tells how many were taken even when it throws.
    package func sendMany(
        _ target: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer,
        opaque: UnsafeMutableRawPointer?, timeout: Int64, taken: (UInt64) -> Void
    ) throws(DatapanelError) {
        try checkProcess()
        let deadline = Clock.deadline(after: timeout)
        if let spool {
            return try sendMany(spool, target, text, opaque, until: deadline, taken)
        }
        var objects = ObjectSequence(text)
        while let object = try next(&objects, of: text) {
            let ticks = Clock.ticks()
            let ticket = try take(ticks, until: deadline) { state, now throws(DatapanelError) in
                try state.take(
                    object, for: state.target(named: target), opaque: opaque, now: now,
                    ticks: ticks)
            }
            taken(ticket)
        }
    }

    /// The next of many that fits into a request.
    func next(
        _ objects: inout ObjectSequence, of text: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> UnsafeRawBufferPointer? {
        let object: UnsafeRawBufferPointer?
        do throws(JSONFault) {
            object = try objects.next()
        } catch {
            throw error.error("not JSON objects", in: text)
        }
        if let object, object.count + frameCount > Request.bodyLimit {
            throw tooLarge(object.count)
        }
        return object
    }

    /// Has `body` take something as soon as there is room for it; it began at `ticks`.
    func take(
        _ ticks: Int64, until deadline: Int64,
        _ body: (inout ProducerState, _ now: Int64) throws(DatapanelError) -> ProducerState.Taken?
    ) throws(DatapanelError) -> UInt64 {
        let taken = try monitor.wait(
            for: waiters.room, from: ticks / 1_000, until: deadline, body)
        guard let taken else {
            monitor.with { $0.counters.refused += 1 }
            throw DatapanelError(
                .queueFull,
                """
                no room in the \(spool == nil ? Self.queueLimits : Self.spoolLimit); wait for \
                event_fd or reports
                """)
        }
        if taken.wakes { worker.wakeUp() }
        return taken.ticket
    }

    private static let queueLimits: StaticString = "queue (queue.objects, queue.bytes)"
    private static let spoolLimit: StaticString = "spool (spool.bytes)"

    private func tooLarge(_ count: Int) -> DatapanelError {
        DatapanelError(
            .tooLarge,
            """
            an object of \(count) bytes fits into no request: with the envelope it would have \
            \(count + frameCount), and the service takes at most \(Request.bodyLimit)
            """)
    }

    // MARK: collecting

    /// How many reports wait, up to `max`; waits for the first until `timeout` is over.
    package func reportCount(_ max: Int, timeout: Int64) throws(DatapanelError) -> Int {
        try checkProcess()
        let deadline = Clock.deadline(after: timeout)
        let count = monitor.wait(for: waiters.outcomes, until: deadline) { state, _ in
            // After the end no more can come.
            state.reports.count > 0 || state.isStopping ? state.reports.count : nil
        }
        return min(count ?? 0, max)
    }

    package func collect(_ max: Int) -> [Slice] {
        monitor.with { state in state.collect(max) }
            .map { Slice(settlement: $0.settlement, positions: $0.positions) }
    }

    /// Some objects of a settlement.
    package struct Slice {
        package let settlement: Settlement
        package let positions: Range<Int>
    }

    // MARK: waiting and ending

    package func flush(timeout: Int64) throws(DatapanelError) {
        try checkProcess()
        let epoch = try monitor.with { state throws(DatapanelError) in
            if state.isClosing { throw ProducerState.closed }
            return state.hurry()
        }
        worker.wakeUp()
        let deadline = Clock.deadline(after: timeout)
        let isOver = monitor.wait(for: waiters.outcomes, until: deadline) { state, _ in
            state.epochs.isOver(epoch) ? true : nil
        }
        if isOver == nil {
            throw DatapanelError(
                .wait, "not everything has its outcome yet; it goes on, so flush again or poll")
        }
    }

    /// What is left has no outcome. `prepare` is told how much that can be at most; what it throws
    /// leaves the producer open.
    package func close(
        timeout: Int64, prepare: (Int) throws(DatapanelError) -> Void
    ) throws(DatapanelError) -> [Slice] {
        try checkProcess()
        let most = try monitor.with { state throws(DatapanelError) in
            if state.isClosing { throw ProducerState.closed }
            state.isClosing = true
            return state.queuedObjects
        }
        do throws(DatapanelError) {
            try prepare(most)
        } catch {
            monitor.with { $0.isClosing = false }
            throw error
        }
        monitor.with { state in
            _ = state.hurry()
            waiters.announceAll()
        }
        worker.wakeUp()
        let deadline = Clock.deadline(after: timeout)
        _ = monitor.wait(for: waiters.outcomes, until: deadline) { state, _ in
            state.queuedObjects == 0 ? true : nil
        }
        let left = stop(syncedBy: max(deadline, Clock.deadline(after: Self.syncTime)))
        writeDown(left)
        return left.map { Slice(settlement: $0, positions: 0..<$0.count) }
    }

    /// At once, and without a chance for what has no outcome.
    package func abandon() {
        guard thread != nil else { return }
        let log = monitor.with { state in
            state.isClosing = true
            return state.config.log
        }
        let lost = stop(syncedBy: Clock.deadline(after: Self.syncTime)).reduce(0) { $0 + $1.count }
        if lost > 0 {
            log.write(.warning, .retry) {
                "a producer was freed with \(lost) objects that have no outcome; close it first"
            }
        }
    }

    /// What is left is written down, too, where that is wanted.
    private func writeDown(_ left: [Settlement]) {
        guard let deadLetters, !left.isEmpty else { return }
        let letters = monitor.with { state in state.letters(of: left) }
        let done = deadLetters.write(letters, isLast: true)
        monitor.with { state in state.countLetters(done, dropped: deadLetters.dropped) }
    }

    private func stop(syncedBy deadline: Int64) -> [Settlement] {
        monitor.with { $0.isStopping = true }
        worker.wakeUp()
        thread?.join()
        thread = nil
        closeSpool(until: deadline)
        return monitor.with { state in
            defer { waiters.announceAll() }
            return state.abandon(worker.brokenOff)
        }
    }

    private func checkProcess() throws(DatapanelError) {
        guard isForked else { return }
        throw DatapanelError(
            .forked,
            "this producer was made before the fork and is the parent's; free it and make another")
    }
}

extension Producer {
    package func set(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(DatapanelError) {
        try checkProcess()
        try monitor.with { state throws(DatapanelError) in
            let config = try state.config.changed(name, value)
            state.change(
                config, isAnew: config.isAskingAnew(since: state.config), now: Clock.monotonic())
        }
        worker.wakeUp()
    }

    package func queued() throws(DatapanelError) -> (objects: Int, bytes: Int) {
        try checkProcess()
        return monitor.with { ($0.queuedObjects, $0.queuedBytes) }
    }

    /// nil as `target` stands for all.
    package func pause(
        _ target: UnsafeRawBufferPointer?, _ isPaused: Bool
    ) throws(DatapanelError) {
        try checkProcess()
        try monitor.with { state throws(DatapanelError) in try state.pause(target, isPaused) }
        worker.wakeUp()
    }

    /// Tells how many objects were given up.
    package func purge(_ target: UnsafeRawBufferPointer?) throws(DatapanelError) -> Int {
        try checkProcess()
        return try monitor.with { state throws(DatapanelError) in
            defer {
                waiters.announceAll()
                // What it decides of others is to be written down.
                worker.wakeUp()
            }
            return try state.purge(target)
        }
    }

    package func stats(_ format: StatsFormat) throws(DatapanelError) -> OwnedText {
        try checkProcess()
        return try monitor.with { state throws(DatapanelError) in
            switch format {
            case .json: try ProducerStats.json(state)
            case .prometheus: try PrometheusText.make(state)
            }
        }
    }

    private func start() throws(DatapanelError) {
        let worker = worker
        if let spool, spool.policy != .none {
            let syncer = SpoolSyncer(monitor, spool, worker)
            syncThread = try HostThread("a spool", HostThread.Body { syncer.run() })
        }
        do throws(DatapanelError) {
            thread = try HostThread("a producer", HostThread.Body { worker.run() })
        } catch {
            closeSpool(until: Clock.deadline(after: Self.syncTime))
            throw error
        }
    }

    /// The disk may take longer: then it is done without us.
    private func closeSpool(until deadline: Int64) {
        guard let spool else { return }
        tellOfSpool()
        guard let syncThread else { return monitor.with { _ in spool.close() } }
        monitor.with { _ in spool.end() }
        let isClosed = monitor.wait(for: spool.synced, until: deadline) { _, _ in
            spool.isClosed ? true : nil
        }
        if isClosed == true { syncThread.join() } else { syncThread.detach() }
        self.syncThread = nil
    }
}
