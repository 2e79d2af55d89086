// SPDX-License-Identifier: Apache-2.0
import Datapanel
import DatapanelABI

/// What became of the objects: counted, written down, told of.
final class Results {
    private let intake: Intake
    private let ids: LineFile?
    private let deadLetters: LineFile?
    private let complaints: Complaints
    private var lines = ResultLines()
    private let isDurable: Bool
    /// Where objects of an earlier run come from, and those go that have no outcome.
    private let spool: String?
    private var hasNewDeadLetters = false
    private(set) var tally = Tally()
    /// The objects under way.
    private var slots = Slots()

    /// `isDurable` when somebody forgets objects once they are in the dead-letter file.
    init(
        _ intake: Intake, ids: LineFile?, deadLetters: LineFile?, isDurable: Bool, spool: String?,
        _ complaints: Complaints
    ) {
        self.spool = spool
        self.intake = intake
        self.isDurable = isDurable
        self.ids = ids
        self.deadLetters = deadLetters
        self.complaints = complaints
    }

    var underWay: Int { slots.count }

    /// Notes an object before it is handed over; what it returns goes with it.
    func begin(_ record: Record, source: Int) -> UnsafeMutableRawPointer? {
        let standing = intake.sources[source].resume?.before.standing(record.start)
        let slot = slots.put(
            Item(
                source: source, number: record.number, extent: record.begin..<record.end,
                start: record.start, isDoubtful: standing == .doubtful))
        return UnsafeMutableRawPointer(bitPattern: slot + 1)
    }

    private func end(_ mark: UnsafeMutableRawPointer?) -> Item? {
        slots.take(Int(bitPattern: mark) - 1)
    }

    /// It was not taken.
    func undo(_ mark: UnsafeMutableRawPointer?) { _ = end(mark) }

    /// A text that is no object.
    func bad(_ record: Record, source: Int, _ code: Code, _ message: String) throws {
        tally.bad += 1
        let origin = intake.origin(record, source: source)
        complaints.bad("\(origin.place), byte \(origin.offset): \(message)")
        if let deadLetters {
            try deadLetters.add(lines.bad(origin, code, message, record.text))
            hasNewDeadLetters = true
        }
        let resume = intake.sources[source].resume
        let extent = record.begin..<record.end
        // Somebody may be writing it just now: a run to come looks again.
        if record.isOpenEnded { resume?.leaveUnsent(extent) } else { resume?.settle(extent) }
    }

    /// Reports, in the order they were made.
    func take(_ slices: [Producer.Slice]) throws {
        for slice in slices {
            let outcome = slice.settlement.outcome
            for position in slice.positions {
                let report = slice.settlement[position]
                let isRecovered = report.flags & Settlement.recovered != 0
                if isRecovered { tally.recovered += 1 }
                let item = isRecovered ? nil : end(report.opaque)
                guard item != nil || isRecovered else { continue }
                if report.code == .ok {
                    try stored(item, report)
                } else {
                    try failed(item, report, outcome)
                }
            }
        }
    }

    /// What had no outcome when the producer was closed.
    func takeLeft(_ slices: [Producer.Slice]) throws {
        for slice in slices {
            for position in slice.positions {
                let report = slice.settlement[position]
                guard let item = end(report.opaque) else { continue }
                tally.unsent += 1
                if report.stored == .maybe || item.isDoubtful { tally.perhapsStored += 1 }
                let resume = intake.sources[item.source].resume
                // A resumed run sends it again; so does nobody else.
                if resume == nil, let deadLetters {
                    let origin = intake.origin(item.source, item.number, item.start)
                    try deadLetters.add(
                        lines.failed(origin, report, slice.settlement.outcome))
                }
                if report.stored == .no && !item.isDoubtful { resume?.leaveUnsent(item.extent) }
            }
        }
    }

    private func origin(_ item: Item?, _ report: Report) -> Origin {
        guard let item else { return .spool(spool ?? "", ticket: report.ticket) }
        return intake.origin(item.source, item.number, item.start)
    }

    /// `item` is nil for an object of an earlier run.
    private func stored(_ item: Item?, _ report: Report) throws {
        tally.stored += 1
        let isDouble = item?.isDoubtful == true || report.flags & Settlement.possibleDuplicate != 0
        if isDouble { tally.possibleDuplicates += 1 }
        if let ids {
            try ids.add(lines.id(origin(item, report), report, isPossibleDuplicate: isDouble))
        }
        if let item { intake.sources[item.source].resume?.settle(item.extent) }
    }

    private func failed(_ item: Item?, _ report: Report, _ outcome: Outcome) throws {
        tally.failed += 1
        if report.stored == .maybe || item?.isDoubtful == true { tally.perhapsStored += 1 }
        let origin = origin(item, report)
        let message = report.message.map { String(cString: $0) } ?? ""
        complaints.failed(origin.place, "\(report.code.name)", message)
        if let deadLetters {
            try deadLetters.add(lines.failed(origin, report, outcome))
            hasNewDeadLetters = true
        }
        guard let item else { return }
        let resume = intake.sources[item.source].resume
        if deadLetters != nil {
            resume?.settle(item.extent)
        } else if report.stored == .no && !item.isDoubtful {
            resume?.leaveUnsent(item.extent)
        }
    }

    /// Files that tell of outcomes first, then those that say so. A run that is killed in between
    /// sends again what it need not, and never leaves out what it should not.
    func flush() throws {
        try ids?.flush()
        if hasNewDeadLetters, isDurable { try deadLetters?.sync() }
        hasNewDeadLetters = false
        try deadLetters?.flush()
        for resume in intake.resumes { try resume.flush() }
    }

    /// The whole count, of which parts are kept elsewhere. `queued` is how many objects the
    /// producer had in the end.
    func finalTally(isCutShort: Bool, queued: Int) -> Tally {
        var tally = tally
        tally.skipped = intake.skipped
        tally.unreadable = intake.unreadable
        tally.isCutShort = isCutShort
        if spool != nil {
            tally.kept = max(queued, underWay)
            return tally
        }
        // Without an outcome, and not handed back: the run broke off.
        tally.unsent += underWay
        tally.perhapsStored += underWay
        return tally
    }
}
