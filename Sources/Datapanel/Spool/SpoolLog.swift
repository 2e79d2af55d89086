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
    private(set) var disk: Disk
    /// Of a file.
    let segmentBytes: Int
    /// The oldest first; the last is written to.
    private(set) var segments: [SpoolSegment] = []
    /// Segments that are done with, the oldest first, to be used again: blocks that a file has
    /// already are written in half the time of new ones. They leave in the order they came: a
    /// later one says of an earlier one's objects that they are done.
    private var spares: [SpoolSegment] = []
    private static var sparesMax: Int { 2 }
    private var lastSegment: UInt64 = 0
    /// Numbers are never given twice, not even those that only a lost object had.
    private(set) var lastNumber: UInt64 = 0
    private var record = Bytes()
    private let dice: () -> UInt64

    init(_ disk: consuming Disk, segmentBytes: Int, dice: @escaping () -> UInt64) {
        self.disk = disk
        self.segmentBytes = segmentBytes
        self.dice = dice
    }

    /// Objects without an outcome.
    var live: Int { segments.reduce(0) { $0 + $1.live } }

    /// The largest object that a segment has room for.
    var objectMax: Int {
        segmentBytes - SpoolSegmentHeader.count - SpoolRecordHeader.count - 8
    }

    // MARK: writing

    /// Notes that an object was taken; unchanged when it throws.
    mutating func take(_ content: UnsafeRawBufferPointer) throws(SpoolFault) -> UInt64 {
        // A write that fails may have put the record there all the same.
        lastNumber += 1
        let number = lastNumber
        try append(SpoolRecord(kind: .object, number: number, content: content))
        return number
    }

    /// Notes that objects are about to be sent.
    mutating func begin(_ runs: borrowing SpoolRuns) throws(SpoolFault) {
        forEach(runs.content) { $0.begin($1) }
        try append(SpoolRecord(kind: .begun, number: lastNumber, content: runs.content))
    }

    /// Notes that objects have their outcome. What it throws leaves them done for this process:
    /// they come back in the next.
    mutating func finish(_ runs: borrowing SpoolRuns) throws(SpoolFault) {
        finish(runs.content)
        try append(SpoolRecord(kind: .done, number: lastNumber, content: runs.content))
    }

    private func finish(_ runs: UnsafeRawBufferPointer) {
        forEach(runs) { $0.finish($1) }
    }

    /// Each number that a segment has, with that.
    private func forEach(
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

    /// A write that fails may have left part of a record: the next one goes to another segment.
    private mutating func append(_ record: SpoolRecord) throws(SpoolFault) {
        if let segment = segments.last {
            do throws(SpoolFault) {
                if try write(record, to: segment) { return }
            } catch {
                // Another segment is tried.
            }
        }
        let segment = try start()
        guard try write(record, to: segment) else {
            throw SpoolFault(action: "find room in a segment", reason: EFBIG)
        }
    }

    /// false when it has no room.
    private mutating func write(
        _ item: SpoolRecord, to segment: SpoolSegment
    ) throws(SpoolFault) -> Bool {
        let header = SpoolRecordHeader(item, salt: segment.header.salt)
        guard !segment.isClosed, header.recordCount <= segmentBytes - segment.end,
            item.kind != .object || segment.fits(item.number)
        else { return false }
        do throws(DatapanelError) {
            record.shorten(to: 0)
            try record.reserve(header.recordCount)
            try header.append(to: &record, salt: segment.header.salt)
            try record.append(item.content)
            for _ in 0..<header.paddingCount { try record.append(0 as UInt8) }
        } catch {
            throw .noMemory
        }
        if item.kind == .object {
            do throws(DatapanelError) { try segment.add(item.number) } catch { throw .noMemory }
        }
        do throws(SpoolFault) {
            try disk.write(segment.file, record.view, at: segment.end)
        } catch {
            segment.isClosed = true
            if item.kind == .object { segment.finish(item.number) }
            throw error
        }
        segment.end += header.recordCount
        return true
    }

    /// Begins a segment, with a file that was used before where there is one. That it has another
    /// name survives a loss of power before anything is written to it: what such a file still
    /// holds of the time before does not fit its name, and counts for nothing.
    private mutating func start() throws(SpoolFault) -> SpoolSegment {
        let header = SpoolSegmentHeader(
            number: lastSegment + 1, salt: UInt32(truncatingIfNeeded: dice()))
        lastSegment += 1
        let file: Int32
        if let spare = spares.first {
            try disk.rename(spare.header.number, to: header.number)
            spares.removeFirst()
            file = spare.file
        } else {
            file = try disk.open(header.number, isNew: true)
        }
        do throws(SpoolFault) {
            try disk.reserve(file, segmentBytes)
            record.shorten(to: 0)
            do throws(DatapanelError) { try header.append(to: &record) } catch { throw .noMemory }
            try disk.write(file, record.view, at: 0)
            try disk.syncFolder()
        } catch {
            disk.close(file)
            try? disk.remove(header.number)
            throw error
        }
        let segment = SpoolSegment(header, file)
        segments.append(segment)
        return segment
    }

    // MARK: keeping

    /// Has all that was written survive a loss of power.
    mutating func sync() throws(SpoolFault) {
        for segment in segments where !segment.isSynced {
            do throws(SpoolFault) {
                try disk.sync(segment.file)
            } catch {
                // The kernel may count as written now what is not, and says so only once: to ask
                // again would be answered with a lie.
                try rewrite(segment)
            }
            segment.syncedEnd = segment.end
        }
    }

    /// Copies a segment to another file, which takes its name.
    private mutating func rewrite(_ segment: SpoolSegment) throws(SpoolFault) {
        var bytes = Bytes()
        try disk.read(segment.file, to: &bytes)
        lastSegment += 1
        let file = try disk.open(lastSegment, isNew: true)
        do throws(SpoolFault) {
            try disk.reserve(file, segmentBytes)
            let written = UnsafeRawBufferPointer(rebasing: bytes.view.prefix(segment.end))
            try disk.write(file, written, at: 0)
            try disk.sync(file)
            try disk.rename(lastSegment, to: segment.header.number)
            try disk.syncFolder()
        } catch {
            disk.close(file)
            try? disk.remove(lastSegment)
            throw error
        }
        disk.close(segment.file)
        segment.file = file
    }

    /// Lets go of segments whose objects, and those before, have their outcomes.
    mutating func retire() {
        while segments.count > 1, let first = segments.first, first.live == 0 {
            segments.removeFirst()
            spares.append(first)
            if spares.count <= Self.sparesMax { continue }
            let oldest = spares.removeFirst()
            disk.close(oldest.file)
            try? disk.remove(oldest.header.number)
        }
    }
}

// MARK: what a former process left

extension SpoolLog {
    /// What is found of a former process, besides objects.
    enum Finding: Equatable {
        /// No record is whole in this part of a segment.
        case damage(segment: UInt64, Range<Int>)
        /// A file has something in it, but not its front. It stays as it is.
        case unreadable(segment: UInt64)
        /// It was written by a newer library, and nothing is taken up.
        case version(UInt32)
    }

    /// Takes up what is there, once, before anything else; false where a newer library wrote it.
    /// Segments of a former process are not written to any more.
    mutating func open(_ found: (Finding) -> Void) throws(SpoolFault) -> Bool {
        var lastObject: UInt64 = 0
        for name in try disk.segments() {
            guard name <= SpoolRecord.numberMax else {
                found(.unreadable(segment: name))
                continue
            }
            lastSegment = max(lastSegment, name)
            let file = try disk.open(name, isNew: false)
            var bytes = Bytes()
            try disk.read(file, to: &bytes)
            let header: SpoolSegmentHeader
            do throws(SpoolSegmentHeader.Flaw) {
                header = try SpoolSegmentHeader(bytes.view)
            } catch {
                disk.close(file)
                switch error {
                case .version(let version):
                    found(.version(version))
                    return false
                case .unreadable where bytes.view.contains(where: { $0 != 0 }):
                    found(.unreadable(segment: name))
                case .unreadable:
                    // Its front was about to be written.
                    try disk.remove(name)
                }
                continue
            }
            guard header.number == name else {
                // One that was about to be used again, or a copy that was about to take a place.
                disk.close(file)
                try disk.remove(name)
                continue
            }
            let segment = SpoolSegment(header, file)
            segment.isClosed = true
            let place = segments.firstIndex { $0.header.number > name } ?? segments.count
            segments.insert(segment, at: place)
        }
        for segment in segments { try replay(segment, &lastObject, found) }
        return true
    }

    private mutating func replay(
        _ segment: SpoolSegment, _ lastObject: inout UInt64, _ found: (Finding) -> Void
    ) throws(SpoolFault) {
        var bytes = Bytes()
        try disk.read(segment.file, to: &bytes)
        var reader = SpoolReader(bytes.view, salt: segment.header.salt)
        while true {
            let start = reader.offset
            switch reader.next() {
            case .end:
                segment.end = reader.offset
                return
            case .damage(let range):
                found(.damage(segment: segment.header.number, range))
            case .record(let record) where record.number > SpoolRecord.numberMax:
                found(.damage(segment: segment.header.number, start..<reader.offset))
            case .record(let record):
                lastNumber = max(lastNumber, record.number)
                switch record.kind {
                case .begun:
                    forEach(record.content) { $0.begin($1) }
                case .done:
                    finish(record.content)
                case .object where record.number <= lastObject:
                    // Its write failed, though it was there, and it was written once more.
                    continue
                case .object where segment.fits(record.number):
                    lastObject = record.number
                    do throws(DatapanelError) {
                        try segment.add(record.number)
                    } catch {
                        throw .noMemory
                    }
                case .object:
                    found(.damage(segment: segment.header.number, start..<reader.offset))
                }
            }
        }
    }

    /// All objects without an outcome, in their order.
    mutating func forEachLive(
        _ body: (_ number: UInt64, _ isBegun: Bool, _ content: UnsafeRawBufferPointer) -> Void
    ) throws(SpoolFault) {
        for segment in segments where segment.live > 0 {
            var bytes = Bytes()
            try disk.read(segment.file, to: &bytes)
            var reader = SpoolReader(bytes.view, salt: segment.header.salt)
            reading: while true {
                switch reader.next() {
                case .end: break reading
                case .damage: continue
                case .record(let record):
                    guard record.kind == .object, segment.isLive(record.number) else { continue }
                    body(record.number, segment.isBegun(record.number), record.content)
                }
            }
        }
    }
}

extension SpoolFault {
    static var noMemory: SpoolFault { SpoolFault(action: "take memory", reason: ENOMEM) }
}
