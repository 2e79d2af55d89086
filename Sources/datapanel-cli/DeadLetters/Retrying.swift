// SPDX-License-Identifier: Apache-2.0
import Datapanel
import Glibc

/// Hands letters to a producer, and does to the files what becomes of them.
final class Retrying {
    private let files: LetterFiles
    private let chosen: Set<LineKey>
    private let producer: Producer
    /// Letters under way, by the number that goes with their objects.
    private var underWay: [Int: Letter] = [:]
    private var lastNumber = 0
    /// What is to be done to the files.
    private var changes: [LineKey: [LetterFiles.Change]] = [:]
    private var changedBytes = 0
    private var tally = Tally()
    private let complaints = Complaints { tell("datapanel: \($0)") }
    /// When it ends in any case.
    private var endsAt: Int64?
    private var isStopping: Bool { endsAt != nil }
    private var figures = ProducerFigures()
    private var figuresAt: Int64 = 0
    private let startedAt = Clock.monotonic()

    /// New lines wait in memory up to so many bytes.
    private static let changedBytesMax = 16 << 20
    /// How long what is under way may take after Ctrl-C, in milliseconds.
    private static let grace: Int64 = 10_000

    init(_ files: LetterFiles, _ chosen: Set<LineKey>, _ producer: Producer) {
        self.files = files
        self.chosen = chosen
        self.producer = producer
    }

    func run() throws -> Summary {
        do {
            for reader in try files.snapshot() {
                while !isStopping, let line = try reader.next() {
                    guard chosen.contains(LineKey(line)), let letter = Letter(line) else {
                        continue
                    }
                    try send(letter)
                    try collect(timeout: 0)
                }
            }
            try settle()
        } catch {
            // What is known by now counts all the same.
            producer.abandon()
            tally.isCutShort = true
            try change()
            throw error
        }
        return Summary(
            tally: tally, requests: figures.attempts, retries: figures.retries,
            milliseconds: Int(Clock.monotonic() - startedAt))
    }

    // MARK: sending

    private func send(_ letter: Letter) throws {
        lastNumber += 1
        underWay[lastNumber] = letter
        let target = try engineText(letter.target)
        while !isStopping {
            do {
                _ = try letter.line[letter.object].withUnsafeBytes {
                    object throws(DatapanelError) in
                    try producer.send(
                        target.bytes, object,
                        opaque: UnsafeMutableRawPointer(bitPattern: lastNumber), timeout: 0)
                }
                return
            } catch let error as DatapanelError {
                guard error.code == .queueFull else {
                    // It stays as it is.
                    underWay[lastNumber] = nil
                    tally.failed += 1
                    return complaints.failed(
                        "letter \(letter.ticket)", "\(error.code.name)", "\(error.message)")
                }
            }
            try collect(timeout: 100)
            look()
        }
        underWay[lastNumber] = nil
    }

    /// Waits for what is under way, and ends the producer.
    private func settle() throws {
        try? producer.flush(timeout: 0)
        while !underWay.isEmpty, Clock.monotonic() < endsAt ?? .max {
            try collect(timeout: 100)
            look()
        }
        updateFigures()
        let left = try producer.close(timeout: 0) { (_: Int) throws(DatapanelError) in }
        try collect(timeout: 0)
        for slice in left { for position in slice.positions { take(slice, position) } }
        tally.isCutShort = isStopping
        try change()
    }

    /// Whether to stop: somebody says so, or nothing can be sent and nobody would mend it.
    private func look() {
        guard !isStopping else { return }
        var stop = pollfd(fd: StopRequests.descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&stop, 1, 0) > 0 {
            endsAt = Clock.monotonic() + Self.grace
            return tell("datapanel: stopping; Ctrl-C once more ends it at once")
        }
        guard Clock.monotonic() >= figuresAt + 500 else { return }
        updateFigures()
        guard figures.blockedBy != nil, tally.stored == 0 else { return }
        tell("datapanel: gave up, for nothing can be sent; what stands in the way is told above")
        endsAt = Clock.monotonic()
    }

    private func updateFigures() {
        figuresAt = Clock.monotonic()
        guard let text = try? producer.stats(.json) else { return }
        defer { free(text.pointer) }
        figures = ProducerFigures(
            json: UnsafeRawBufferPointer(start: text.pointer, count: text.count))
    }

    // MARK: what becomes of them

    private func collect(timeout: Int64) throws {
        let count = try producer.reportCount(.max, timeout: timeout)
        for slice in producer.collect(count) {
            for position in slice.positions { take(slice, position) }
        }
        if changedBytes >= Self.changedBytesMax { try change() }
    }

    private func take(_ slice: Producer.Slice, _ position: Int) {
        let report = slice.settlement[position]
        guard let letter = underWay.removeValue(forKey: Int(bitPattern: report.opaque)) else {
            return
        }
        if report.code == .ok {
            tally.stored += 1
            let isDouble = report.flags & Settlement.possibleDuplicate != 0
            if isDouble || letter.isPerhapsStored { tally.possibleDuplicates += 1 }
            return note(.drop, letter)
        }
        if report.stored == .maybe || letter.isPerhapsStored { tally.perhapsStored += 1 }
        if report.code == .cancelled {
            tally.unsent += 1
            // Its old reason says more, but for this.
            if report.stored == .no || letter.isPerhapsStored { return }
        } else {
            tally.failed += 1
            let message = report.message.map { String(cString: $0) } ?? ""
            complaints.failed("letter \(letter.ticket)", "\(report.code.name)", message)
        }
        // Without the memory for a new line the old one does.
        guard let line = try? Self.line(report, slice.settlement.outcome, letter) else { return }
        note(.replace(line), letter)
    }

    /// The letter with its new reason.
    private static func line(
        _ report: Report, _ outcome: Outcome, _ letter: Letter
    ) throws(DatapanelError) -> [UInt8] {
        var (report, outcome) = (report, outcome)
        report.ticket = letter.ticket
        report.queuedAt = letter.queuedMicroseconds
        if letter.isPerhapsStored { report.stored = .maybe }
        outcome.attempts = outcome.attempts &+ letter.attempts
        var bytes = Bytes()
        try DeadLetterLine.append(
            report, outcome, target: engineText(letter.target), spool: letter.spool, to: &bytes)
        return Array(bytes.view)
    }

    private func note(_ change: LetterFiles.Change, _ letter: Letter) {
        changes[LineKey(letter.line), default: []].append(change)
        changedBytes += 100
        if case .replace(let line) = change { changedBytes += line.count }
    }

    /// What is known by now goes to the files: only letters that were stored are removed.
    private func change() throws {
        guard !changes.isEmpty else { return }
        try files.locked {
            try files.rewrite { line, _ in changes[LineKey(line)]?.popLast() ?? .keep }
        }
        changes = [:]
        changedBytes = 0
    }
}
