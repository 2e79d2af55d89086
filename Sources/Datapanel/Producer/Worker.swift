// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The producer's thread: does what `ProducerState` decides, and is the only one that touches
/// connections.
///
/// Runs on: its own thread; `wakeUp` on any.
final class Worker: @unchecked Sendable {
    private let monitor: Monitor<ProducerState>
    private let waiters: Waiters
    private let group: TransferGroup
    private let head: Text
    private let deadLetters: DeadLetterDesk?
    private var flights: [Flight] = []
    private var tokenCalls: [IssuerCall] = []
    private var lookupCalls: [LookupCall] = []
    private var idle: [Transfer] = []
    /// For each target.
    private var gates: [RepeatGate] = []
    private var serviceTime = ServiceTime()
    private var headers = CallHeaders()
    /// What was under way when it stopped, and whether a whole body was out.
    private(set) var brokenOff: [(batch: Batch, isBodyOut: Bool)] = []

    /// A batch under way.
    private final class Flight {
        let batch: Batch
        let url: Text
        /// On the monotonic clock, in milliseconds.
        let startedAt = Clock.monotonic()
        let transfer: Transfer
        let headers: HeaderList
        let signedAt: ServiceTime.Reading
        let ids: ItemIds
        /// 0 for none that was given.
        let tokenNumber: Int
        let keyRound: Int

        init(
            _ batch: Batch, _ url: Text, _ transfer: Transfer, _ headers: HeaderList,
            _ signedAt: ServiceTime.Reading, _ ids: ItemIds, tokenNumber: Int, keyRound: Int
        ) {
            self.tokenNumber = tokenNumber
            self.keyRound = keyRound
            self.batch = batch
            self.url = url
            self.transfer = transfer
            self.headers = headers
            self.signedAt = signedAt
            self.ids = ids
        }
    }

    private struct Step {
        var starts: [(batch: Batch, url: Text)] = []
        let config: Config
        let keyRound: Int
        let token: TokenState.Token?
        let tokenOrder: TokenState.Order?
        let lookups: [LookupOrder]
        let loads: [ProducerState.Load]
        let notices: [Spool.Notice]
        let sleepsUntil: Int64
        let isStopping: Bool
        let letters: [DeadLetters]
    }

    init(
        _ monitor: Monitor<ProducerState>, _ waiters: Waiters, _ group: TransferGroup, _ head: Text,
        _ deadLetters: DeadLetterDesk?
    ) {
        self.deadLetters = deadLetters
        self.monitor = monitor
        self.waiters = waiters
        self.group = group
        self.head = head
    }

    func wakeUp() {
        group.wakeUp()
    }

    func run() {
        dpx_name_thread("datapanel")
        while true {
            let step = nextStep()
            let hasWritten = write(step.letters, isLast: step.isStopping)
            if step.isStopping { return breakOff() }
            if let order = step.tokenOrder { askForToken(order, step.config) }
            for order in step.lookups { lookUp(order, step.token) }
            for start in step.starts { begin(start.batch, start.url, step) }
            for load in step.loads { self.load(load) }
            for notice in step.notices {
                step.config.log.write(notice.level, .spool) { notice.text }
            }
            group.perform()
            var hasFinished = hasWritten
            while let end = group.nextEnd() {
                finish(end, step.config)
                hasFinished = true
            }
            // What has ended may have made room for more.
            if hasFinished || !step.loads.isEmpty { continue }
            let now = Clock.monotonic()
            let wakeTime = deadLetters?.wakeTime(now: now) ?? .max
            group.wait(milliseconds: min(step.sleepsUntil, wakeTime) - now)
        }
    }

    /// Has what failed written down, and then tells of it; says whether it told of anything.
    private func write(_ letters: [DeadLetters], isLast: Bool) -> Bool {
        guard let deadLetters else { return false }
        let done = deadLetters.write(letters, isLast: isLast)
        if done.isEmpty { return false }
        monitor.with { state in
            state.countLetters(done, dropped: deadLetters.dropped)
            for settlement in done { state.tell(settlement) }
            waiters.announce(hasMuchRoom: state.hasMuchRoom)
        }
        return true
    }

    private func nextStep() -> Step {
        monitor.with { state in
            let now = Clock.monotonic()
            let before = state.queuedObjects
            state.expire(now: now)
            if state.queuedObjects != before { waiters.announceAll() }
            let tokenOrder = state.neededToken(now: now)
            let loads = state.loads(now: now)
            var lookups: [LookupOrder] = []
            while let order = state.neededLookup(now: now) { lookups.append(order) }
            var starts: [(batch: Batch, url: Text)] = []
            while let batch = state.next(now: now) {
                starts.append((batch, state.targets[batch.target].url))
            }
            // No end of a request will tell of what room there is.
            if state.inFlight == 0 { waiters.room.announce() }
            return Step(
                starts: starts, config: state.config, keyRound: state.credentials.round,
                token: state.tokens?.token(now: now), tokenOrder: tokenOrder, lookups: lookups,
                loads: loads, notices: state.spool?.takeNotices() ?? [],
                sleepsUntil: state.sleepTime(now: now), isStopping: state.isStopping,
                letters: state.takeLetters())
        }
    }

    private func begin(_ batch: Batch, _ url: Text, _ step: borrowing Step) {
        let (config, token) = (step.config, step.token)
        do throws(DatapanelError) {
            let ids = try ItemIds(capacity: batch.count)
            let pieces = BodyPieces(head: head.bytes, objects: batch.objects)
            if config.auth.isSigned && batch.bodyHash == nil { batch.bodyHash = try pieces.hash() }
            let signedAt = serviceTime.read(now: Clock.seconds())
            let lines = try headers.next(
                config, "POST", url, bodyHash: batch.bodyHash, signedAt,
                token?.proof ?? config.proof)
            let transfer = try takeTransfer(config)
            let flight = Flight(
                batch, url, transfer, lines, signedAt, ids, tokenNumber: token?.number ?? 0,
                keyRound: step.keyRound)
            transfer.begin(
                url, flight.headers, pieces, config: config,
                timeout: config.number(.requestTimeout))
            guard group.add(transfer) else { throw .noMemory("a request") }
            batch.attempts += 1
            flights.append(flight)
            config.log.write(.debug, .batch, debugAreas: config.number(.debug)) {
                "\(batch.count) objects, \(pieces.count) bytes, attempt \(batch.attempts)"
            }
        } catch {
            config.log.write(.warning, .retry) { error.message }
            monitor.with { $0.notBegun(batch, now: Clock.monotonic()) }
            // How long to sleep was decided before.
            wakeUp()
        }
    }

    /// Reads a part of a backlog. Others hand objects over meanwhile.
    private func load(_ load: ProducerState.Load) {
        var bytes = Bytes()
        var fault: SpoolFault?
        do throws(SpoolFault) {
            try FolderDisk.read(load.read.file, load.read.range, to: &bytes)
        } catch {
            fault = error
        }
        close(load.read.file)
        monitor.with { state in
            let before = state.queuedObjects
            state.loaded(load, bytes, fault, now: Clock.monotonic())
            if state.queuedObjects != before { waiters.announceAll() }
        }
    }

    private func takeTransfer(_ config: Config) throws(DatapanelError) -> Transfer {
        if let transfer = idle.popLast() { return transfer }
        return try Transfer(config)
    }

    private func finish(_ end: TransferGroup.End, _ config: Config) {
        guard let index = flights.firstIndex(where: { end.isOf($0.transfer) }) else {
            return finishTokenCall(end, config)
        }
        let flight = flights.remove(at: index)
        let batch = flight.batch
        let attempt = Attempt(
            batch.attempts, group.finish(flight.transfer, end), flight.ids)
        idle.append(flight.transfer)
        let areas = config.number(.debug)
        config.log.write(.debug, .conn, debugAreas: areas) { flight.transfer.connectionSummary }
        config.log.write(.debug, .wire, debugAreas: areas) { attempt.summary }
        let error = attempt.error(flight.url, flight.ids)
        tell(error, of: batch, config.log)
        let outcome = attempt.outcome(error)
        if error != nil { batch.lastOutcome = outcome }
        let verdict = attempt.verdict
        if verdict.next == .ambiguous { batch.ambiguousAttempts += 1 }
        let retryAfter = attempt.retryAfter
        let isRenewed =
            config.auth.isSigned
            && serviceTime.answered(attempt, to: flight.signedAt, log: config.log)
        let settlement = Settlement(outcome, batch, flight.ids, attempt.takeReply())
        let decision = monitor.with { state in
            let now = Clock.monotonic()
            state.counters.note(batch, startedAt: flight.startedAt, endedAt: now)
            defer { waiters.announce(hasMuchRoom: state.hasMuchRoom) }
            return state.finished(
                settlement, verdict, isRenewed: isRenewed, retryAfter,
                tokenNumber: flight.tokenNumber, keyRound: flight.keyRound, sentTo: flight.url,
                took: now - flight.startedAt, now: now)
        }
        if decision == .split {
            config.log.write(.debug, .bisect, debugAreas: areas) {
                "\(batch.count) objects go on in two halves"
            }
        }
    }

    /// What went wrong, unless it is what went wrong before.
    private func tell(_ error: DatapanelError?, of batch: Batch, _ log: Log) {
        while gates.count <= batch.target { gates.append(RepeatGate()) }
        guard let error else {
            if gates[batch.target].recover() {
                log.write(.information, .retry) { "the service takes objects again" }
            }
            return
        }
        guard let leftOut = gates[batch.target].admit(error.code, now: Clock.monotonic()) else {
            return
        }
        log.write(.information, .retry) {
            leftOut > 0 ? "\(error.message) (\(leftOut) more like this before)" : error.message
        }
    }

    private func breakOff() {
        for flight in flights {
            let exchange = group.breakOff(flight.transfer)
            brokenOff.append((flight.batch, exchange.isBodyOut))
        }
        for call in tokenCalls { _ = group.breakOff(call.transfer) }
        for call in lookupCalls { _ = group.breakOff(call.transfer) }
        flights = []
        tokenCalls = []
        lookupCalls = []
        idle = []
    }
}

/// Tokens and temporary keys: requests for them run beside those for objects.
extension Worker {
    private func askForToken(_ order: TokenState.Order, _ config: Config) {
        do throws(DatapanelError) {
            try begin(
                IssuerCall.make(order) { () throws(DatapanelError) in try takeTransfer(config) },
                config)
        } catch {
            take(.failure(.passing, error, retryAfter: nil), order.number, config)
            // How long to sleep was decided before.
            wakeUp()
        }
    }

    private func begin(_ call: IssuerCall, _ config: Config) throws(DatapanelError) {
        call.begin(config, timeout: config.number(.requestTimeout))
        guard group.add(call.transfer) else { throw .noMemory("a request for a token") }
        tokenCalls.append(call)
    }

    private func finishTokenCall(_ end: TransferGroup.End, _ config: Config) {
        guard let index = tokenCalls.firstIndex(where: { end.isOf($0.transfer) }) else {
            return finishLookup(end)
        }
        let call = tokenCalls.remove(at: index)
        let answer = call.answer(group.finish(call.transfer, end), config)
        do throws(DatapanelError) {
            guard let answer else { return try begin(call, config) }
            if !call.isDirect { idle.append(call.transfer) }
            take(answer, call.number, config)
        } catch {
            take(.failure(.passing, error, retryAfter: nil), call.number, config)
        }
    }

    private func take(_ answer: TokenState.Answer, _ number: Int, _ config: Config) {
        monitor.with { state in
            state.tokens?.fetched(
                number, answer, backoff: config.backoff, dice: Random.number(),
                now: Clock.monotonic())
        }
    }
}

/// The look-ups of names: requests for them run beside those for objects, too.
extension Worker {
    private func lookUp(_ order: LookupOrder, _ token: TokenState.Token?) {
        do throws(DatapanelError) {
            let signedAt = serviceTime.read(now: Clock.seconds())
            let call = try LookupCall(order, takeTransfer(order.config), signedAt, token)
            call.begin()
            guard group.add(call.transfer) else { throw .noMemory("a look-up") }
            lookupCalls.append(call)
        } catch {
            order.ended(
                .failure(.passing, error.message, retryAfter: nil), Situation.noMemory.verdict)
            take(order)
            wakeUp()
        }
    }

    private func finishLookup(_ end: TransferGroup.End) {
        guard let index = lookupCalls.firstIndex(where: { end.isOf($0.transfer) }) else { return }
        let call = lookupCalls.remove(at: index)
        call.finish(group.finish(call.transfer, end), &serviceTime)
        idle.append(call.transfer)
        take(call.order)
    }

    private func take(_ order: LookupOrder) {
        if case .failure(let failure, let message, _)? = order.answer {
            let level: Log.Level = failure == .standing ? .warning : .information
            order.config.log.write(level, .retry) { message }
        }
        monitor.with { $0.lookedUp(order, now: Clock.monotonic()) }
    }
}
