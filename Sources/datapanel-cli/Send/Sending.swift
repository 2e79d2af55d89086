// SPDX-License-Identifier: Apache-2.0
import Datapanel
import Glibc

/// A run: reads objects, hands them to a producer, and collects what becomes of them, all on one
/// thread that waits for whichever comes first.
final class Sending {
    struct Options {
        var target: Text
        var isStrict = false
        /// How long what is under way may take after the first Ctrl-C, in milliseconds.
        var grace: Int64 = 10_000
        /// What it takes is on disk, and what an earlier run left there is sent, too.
        var hasSpool = false
        /// As rsyslog's omprog wants it.
        var confirms = false
        /// How many bytes of objects are handed over between two looks at what failed: a producer
        /// keeps the objects of failures only as far as a quarter of its queue more would reach.
        var stepBytes = 1 << 20
    }

    private let options: Options
    private let producer: Producer
    private let intake: Intake
    private let results: Results
    private let display: ProgressDisplay
    /// A record that found no room. It points into the buffer, which is not read into meanwhile.
    private var pending: (record: Record, source: Int)?
    private var dialogue: OmprogDialogue?
    /// Somebody waits until everything has its outcome.
    private var isSettling = false
    private var handedBytes = 0
    private var isInputOver = false
    private var isCutShort = false
    /// When the run ends in any case.
    private var endsAt: Int64?
    private var figures = ProducerFigures()
    private var figuresAt: Int64 = 0

    init(
        _ options: Options, _ producer: Producer, _ intake: Intake, _ results: Results,
        _ display: ProgressDisplay
    ) {
        self.options = options
        self.producer = producer
        self.intake = intake
        self.results = results
        self.display = display
        dialogue = options.confirms ? OmprogDialogue() : nil
    }

    /// Ends when everything has its outcome, or nothing more may be waited for.
    func run() throws -> Summary {
        do {
            if options.confirms { try answer(OmprogDialogue.ready) }
            while true {
                try feed()
                try collect()
                try settle()
                tick()
                if isInputOver && results.underWay == 0 && !isSpoolBusy { break }
                if let endsAt, Clock.monotonic() >= endsAt { break }
                wait()
            }
            try end()
        } catch {
            // What is under way stays in doubt, and the summary says so.
            producer.abandon()
            try? results.flush()
            display.say("\(error)")
            isCutShort = true
        }
        display.clear()
        return Summary(
            tally: results.finalTally(isCutShort: isCutShort, queued: queued),
            requests: figures.attempts,
            retries: figures.retries, milliseconds: Int(display.milliseconds))
    }

    /// Objects that the producer has, of whatever run.
    private var queued: Int { (try? producer.queued().objects) ?? 0 }

    private var isSpoolBusy: Bool { options.hasSpool && queued > 0 }

    // MARK: reading

    /// Hands over what is there, but not so much that nobody collects meanwhile.
    private func feed() throws {
        var room = 1_000
        let most = handedBytes + options.stepBytes
        while room > 0, handedBytes < most, !isInputOver, pending != nil || !isSettling {
            room -= 1
            if let (record, source) = pending {
                pending = nil
                guard try handOver(record, source) else { return }
                continue
            }
            switch try intake.next() {
            case .record(let record, let source):
                guard try take(record, source) else { return }
            case .dry:
                return
            case .end:
                endInput()
            }
        }
    }

    /// Says whether there may be room for another one.
    private func take(_ record: Record, _ source: Int) throws -> Bool {
        switch dialogue?.step(record.text) {
        case nil:
            return try handOver(record, source)
        case .answer(let text):
            try answer(text)
            return true
        case .take(let text):
            let hasRoom = try handOver(record, source)
            try answer(text)
            return hasRoom
        case .takeAndSettle:
            isSettling = true
            return try handOver(record, source)
        case .settle:
            isSettling = true
            return true
        }
    }

    private func handOver(_ record: Record, _ source: Int) throws -> Bool {
        if let flaw = record.flaw {
            try refuse(record, source, flaw.code, flaw.message)
            return true
        }
        try intake.sources[source].resume?.hand(upTo: intake.readEnd)
        let mark = results.begin(record, source: source)
        do {
            _ = try producer.send(options.target.bytes, record.text, opaque: mark, timeout: 0)
            handedBytes += record.text.count
            return true
        } catch {
            results.undo(mark)
            switch error.code {
            case .queueFull:
                pending = (record, source)
                return false
            case .json, .tooLarge:
                try refuse(record, source, error.code, error.message.description)
                return true
            default:
                throw CommandFailure(description: "\(error.message)")
            }
        }
    }

    private func refuse(
        _ record: Record, _ source: Int, _ code: Code, _ message: String
    ) throws {
        try results.bad(record, source: source, code, message)
        guard options.isStrict else { return }
        display.say("nothing behind that is sent, because of --strict")
        stopReading()
    }

    private func stopReading() {
        isCutShort = true
        intake.stop()
        endInput()
    }

    private func endInput() {
        isInputOver = true
        pending = nil
        hurry()
    }

    /// No batch waits for company any more.
    private func hurry() {
        // That it is not over at once is no failure.
        try? producer.flush(timeout: 0)
    }

    // MARK: collecting

    private func collect() throws {
        try results.take(producer.collect(.max))
        try results.flush()
    }

    /// Answers who waits for everything to have its outcome.
    private func settle() throws {
        guard isSettling, pending == nil else { return }
        if results.underWay > 0 { return hurry() }
        isSettling = false
        try answer(OmprogDialogue.ready)
    }

    private func answer(_ text: String) throws {
        try write("\(text)\n")
    }

    private func end() throws {
        updateFigures()
        let left: [Producer.Slice]
        do {
            left = try producer.close(timeout: 0) { (_: Int) throws(DatapanelError) in }
        } catch {
            throw CommandFailure(description: "\(error.message)")
        }
        try results.take(producer.collect(.max))
        try results.takeLeft(left)
        try results.flush()
    }

    // MARK: waiting

    private func wait() {
        let now = Clock.monotonic()
        let wantsInput = !isInputOver && pending == nil && !isSettling
        var pause = min(display.pause(now: now), 500)
        if let endsAt { pause = min(pause, max(0, endsAt - now)) }
        let input = wantsInput ? intake.descriptor : nil
        if wantsInput && input == nil { pause = 0 }
        var polls = [
            pollfd(fd: producer.eventDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(
                fd: endsAt == nil ? StopRequests.descriptor : -1, events: Int16(POLLIN),
                revents: 0),
            pollfd(fd: input ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&polls, nfds_t(polls.count), Int32(clamping: pause)) > 0 else { return }
        if polls[2].revents != 0 { intake.noteReady() }
        if polls[1].revents != 0 { interrupt() }
    }

    /// Ctrl-C: what is under way may end, for a while.
    private func interrupt() {
        endsAt = Clock.monotonic() + options.grace
        let seconds = (options.grace + 999) / 1_000
        display.say(
            "stopping: \(grouped(max(results.underWay, queued))) objects under way have "
                + "\(seconds) s to end; Ctrl-C once more ends it at once")
        if !isInputOver { stopReading() }
        isSettling = false
    }

    // MARK: telling

    private func tick() {
        let now = Clock.monotonic()
        // Asked for seldom: to write the statistics down takes longer than to send an object.
        if now >= figuresAt + 500 {
            figuresAt = now
            updateFigures()
            giveUpIfRefused()
        }
        if display.isDue(now: now) { display.show(standing(), now: now) }
    }

    private func updateFigures() {
        guard let text = try? producer.stats(.json) else { return }
        defer { free(text.pointer) }
        figures = ProducerFigures(
            json: UnsafeRawBufferPointer(start: text.pointer, count: text.count))
    }

    /// Wrong credentials or ids, and nobody has to wait for a person to mend them: the files are
    /// still there.
    private func giveUpIfRefused() {
        guard endsAt == nil, figures.blockedBy != nil, results.tally.stored == 0,
            intake.size != nil
        else { return }
        display.say("gave up, for nothing can be sent; what stands in the way is told above")
        if !isInputOver { stopReading() }
        endsAt = Clock.monotonic()
    }

    private func standing() -> Standing {
        var standing = Standing()
        standing.stored = results.tally.stored
        standing.failed = results.tally.failed + results.tally.bad
        standing.retries = figures.retries
        standing.trouble = figures.blockedBy
        if let size = intake.size, size > 0 {
            let queued = (try? producer.queued())?.bytes ?? 0
            let done = Double(intake.readBytes) - Double(queued) * intake.packing
            standing.fraction = min(1, max(0, done / Double(size)))
        }
        return standing
    }
}

extension Piece.Flaw {
    var code: Code {
        switch self {
        case .tooLong: .tooLarge
        case .arrayCutOff, .afterArray: .json
        }
    }

    var message: String {
        switch self {
        case .tooLong(let bytes):
            "an object of \(bytes) bytes fits into no request: the service takes at most "
                + "\(Request.bodyLimit) for all of it"
        case .arrayCutOff:
            "the input ends in the middle of its array; what stood before this was sent"
        case .afterArray:
            "something stands behind the end of the array; from here on nothing is sent"
        }
    }
}
