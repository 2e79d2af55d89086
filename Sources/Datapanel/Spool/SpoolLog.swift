// SPDX-License-Identifier: Apache-2.0
import CPosix

/// What happened to the objects of one target, written one thing after the other: that they were
/// taken, that they were about to be sent, that they have their outcome.
///
/// It is a row of segments. All writing is at the end of the last; the first is used again once
/// its objects, and those before, have their outcomes. There is no other file that says what is
/// done, so none can disagree with the segments: a loss of power can only bring back objects that
/// were done, and after one all that comes back counts as perhaps sent.
struct SpoolLog<Disk: SpoolDisk>: ~Copyable {
    var disk: Disk
    /// Of a file.
    let segmentBytes: Int
    let budget: SpoolBudget
    /// The oldest first; the last is written to.
    var segments: [SpoolSegment] = []
    /// Segments to come: those that are done with, the oldest first, and new ones behind them.
    /// Blocks that a file has already are written in half the time of new ones. They leave in the
    /// order they came: a later one says of an earlier one's objects that they are done.
    var spares: [SpoolSegment] = []
    static var sparesMax: Int { 2 }
    var lastSegment: UInt64 = 0
    /// The highest number of an object.
    var lastNumber: UInt64 = 0
    /// The highest whose record survives a loss of power.
    var syncedNumber: UInt64 = 0
    private var record = Bytes()
    private let dice: () -> UInt64

    init(
        _ disk: consuming Disk, segmentBytes: Int, budget: SpoolBudget,
        dice: @escaping () -> UInt64
    ) {
        self.disk = disk
        self.segmentBytes = segmentBytes
        self.budget = budget
        self.dice = dice
    }

    /// Objects without an outcome.
    var live: Int { segments.reduce(0) { $0 + $1.live } }

    /// Where a record begins.
    struct Place: Equatable {
        /// Of the segment.
        var number: UInt64
        var offset: Int
    }

    // MARK: writing

    /// Notes that an object was taken, under a number above that of all others; nil when the spool
    /// has no room for it. The number is spent even when it throws: a write that fails may have
    /// put the record there all the same.
    mutating func take(_ number: UInt64, _ object: SpoolObject) throws(SpoolFault) -> Place? {
        try withUnsafePointer(to: object) { object throws(SpoolFault) in
            try take(number, UnsafeBufferPointer(start: object, count: 1))
        }
    }

    /// The same of some, under `first` and the numbers that follow it, by one write. It says where
    /// the first of them is; the others follow without a gap.
    mutating func take(
        _ first: UInt64, _ objects: UnsafeBufferPointer<SpoolObject>
    ) throws(SpoolFault) -> Place? {
        lastNumber = max(lastNumber, first + UInt64(objects.count) - 1)
        return try append(.objects(objects, from: first))
    }

    /// Notes that objects are about to be sent.
    mutating func begin(_ runs: borrowing SpoolRuns) throws(SpoolFault) {
        forEach(runs.content) { $0.begin($1) }
        _ = try append(.note(.begun, of: runs.content))
    }

    /// Notes that objects have their outcome. What it throws leaves them done for this process:
    /// they come back in the next.
    mutating func finish(_ runs: borrowing SpoolRuns) throws(SpoolFault) {
        finish(runs.content)
        _ = try append(.note(.done, of: runs.content))
    }

    func finish(_ runs: UnsafeRawBufferPointer) {
        forEach(runs) { $0.finish($1) }
    }

    /// Each number that a segment has, with that.
    func forEach(
        _ runs: UnsafeRawBufferPointer, _ body: (SpoolSegment, UInt64) -> Void
    ) {
        SpoolRuns.forEach(in: runs) { first, count in
            for segment in segments {
                guard let numbers = segment.numbers, numbers.upperBound >= first else { continue }
                let begin = max(first, numbers.lowerBound)
                // Whatever stands there, `first + count` is not formed.
                guard begin - first < count else { continue }
                let last = min(numbers.upperBound, begin + (count - (begin - first)) - 1)
                for number in begin...last { body(segment, number) }
            }
        }
    }

    /// What is written at once.
    private enum Entry {
        case objects(UnsafeBufferPointer<SpoolObject>, from: UInt64)
        /// Of runs of numbers.
        case note(SpoolRecord.Kind, of: UnsafeRawBufferPointer)

        var count: Int {
            switch self {
            case .objects(let objects, _): objects.reduce(0) { $0 + $1.recordCount }
            case .note(_, let runs): SpoolRecordHeader.recordCount(runs.count)
            }
        }
    }

    /// A write that fails may have left part of a record: the next one goes to another segment.
    private mutating func append(_ entry: Entry) throws(SpoolFault) -> Place? {
        if let segment = segments.last {
            do throws(SpoolFault) {
                if let place = try write(entry, to: segment) { return place }
            } catch {
                // Another segment is tried.
            }
        }
        let isNote = if case .note = entry { true } else { false }
        guard let segment = try start(forNote: isNote) else { return nil }
        guard let place = try write(entry, to: segment) else {
            throw SpoolFault(action: "find room in a segment of", reason: EFBIG)
        }
        return place
    }

    /// nil when it has no room.
    private mutating func write(
        _ entry: Entry, to segment: SpoolSegment
    ) throws(SpoolFault) -> Place? {
        guard !segment.isClosed, entry.count <= segmentBytes - segment.end else { return nil }
        record.shorten(to: 0)
        switch entry {
        case .note(let kind, let runs):
            try encode(
                SpoolRecord(kind: kind, number: lastNumber, content: runs), segment.header.salt)
            try put(segment)
        case .objects(let objects, let first):
            guard segment.fits(first), segment.fits(first + UInt64(objects.count) - 1) else {
                return nil
            }
            do throws(SpoolFault) {
                for index in objects.indices {
                    try add(objects[index], first + UInt64(index), to: segment)
                }
                try put(segment)
            } catch {
                for index in objects.indices { segment.finish(first + UInt64(index)) }
                throw error
            }
        }
        defer { segment.end += record.view.count }
        return Place(number: segment.header.number, offset: segment.end)
    }

    private mutating func add(
        _ object: SpoolObject, _ number: UInt64, to segment: SpoolSegment
    ) throws(SpoolFault) {
        var back = object.back
        try withUnsafeBytes(of: &back) { back throws(SpoolFault) in
            try encode(
                SpoolRecord(
                    kind: .object, number: number, content: object.text, back: back,
                    checksum: object.checksum), segment.header.salt)
        }
        do throws(DatapanelError) { try segment.add(number) } catch { throw .noMemory }
    }

    /// Puts a record behind what is to be written.
    private mutating func encode(_ item: SpoolRecord, _ salt: UInt32) throws(SpoolFault) {
        let header = SpoolRecordHeader(item)
        do throws(DatapanelError) {
            try record.reserve(header.recordCount)
            try header.append(to: &record, salt: salt)
            try record.append(item.content)
            try record.append(item.back)
            for _ in 0..<header.paddingCount { try record.append(0 as UInt8) }
        } catch {
            throw .noMemory
        }
    }

    private mutating func put(_ segment: SpoolSegment) throws(SpoolFault) {
        do throws(SpoolFault) {
            try disk.write(segment.file, record.view, at: segment.end)
        } catch {
            segment.isClosed = true
            throw error
        }
    }

    /// Begins a segment; nil where the spool may have no more. `ENOENT` tells that the folder was
    /// removed.
    private mutating func start(forNote isNote: Bool) throws(SpoolFault) -> SpoolSegment? {
        do throws(SpoolFault) {
            return try startSpare(forNote: isNote)
        } catch {
            guard error.reason == ENOENT else { throw error }
            // Or only the files that were ready.
            while let spare = spares.first {
                spares.removeFirst()
                discard(spare)
            }
            return try startSpare(forNote: isNote)
        }
    }

    /// Behind a segment for objects another one stays ready, so that there is always room to note
    /// what becomes of them.
    ///
    /// That a file has another name survives a loss of power before anything counts that is written
    /// to it: what it still holds of the time before does not fit its name.
    private mutating func startSpare(forNote isNote: Bool) throws(SpoolFault) -> SpoolSegment? {
        while spares.count < (isNote ? 1 : 2) {
            guard isNote || budget.hasRoom else { return nil }
            try addSpare()
        }
        guard let spare = spares.first else { return nil }
        lastSegment += 1
        let header = SpoolSegmentHeader(
            number: lastSegment, salt: UInt32(truncatingIfNeeded: dice()))
        try disk.rename(spare.header.number, to: header.number)
        spares.removeFirst()
        let segment = SpoolSegment(header, spare.file)
        do throws(SpoolFault) {
            record.shorten(to: 0)
            do throws(DatapanelError) { try header.append(to: &record) } catch { throw .noMemory }
            try disk.write(segment.file, record.view, at: 0)
            try disk.syncFolder()
        } catch {
            discard(segment)
            throw error
        }
        segments.append(segment)
        return segment
    }

    /// A file that the disk keeps room for. Its number says nothing yet.
    private mutating func addSpare() throws(SpoolFault) {
        let file = try newFile()
        budget.files += 1
        spares.append(SpoolSegment(SpoolSegmentHeader(number: lastSegment, salt: 0), file))
    }

    mutating func newFile() throws(SpoolFault) -> Int32 {
        lastSegment += 1
        let file = try disk.open(lastSegment, isNew: true)
        do throws(SpoolFault) {
            try disk.reserve(file, segmentBytes)
        } catch {
            disk.close(file)
            try? disk.remove(lastSegment)
            throw error
        }
        return file
    }

    mutating func discard(_ segment: SpoolSegment) {
        disk.close(segment.file)
        try? disk.remove(segment.header.number)
        budget.files -= 1
    }
}
