// SPDX-License-Identifier: Apache-2.0

/// What a former process left.
extension SpoolLog {
    /// What is found of a former process, besides objects.
    enum Finding: Equatable {
        /// No record is whole in this part of a segment.
        case damage(segment: UInt64, Range<Int>)
        /// The last of all that was written is not whole, as when a process is killed while it
        /// writes. It is wiped out.
        case torn(segment: UInt64, Range<Int>)
        /// A file has something in it, but not its front. It stays as it is.
        case unreadable(segment: UInt64)
        /// It was written by a newer library, and nothing is taken up.
        case version(UInt32)
    }

    /// Takes up what is there, once, before anything else; false where a newer library wrote it.
    /// `lostPower` tells that what a former process wrote may have been lost in part.
    mutating func open(
        lostPower: Bool, _ found: (Finding) -> Void
    ) throws(SpoolFault) -> Bool {
        for name in try disk.segments() {
            guard name <= SpoolRecord.numberMax else {
                found(.unreadable(segment: name))
                continue
            }
            lastSegment = max(lastSegment, name)
            let file = try disk.open(name, isNew: false)
            let front: Front
            do throws(SpoolFault) {
                front = try header(of: file)
            } catch {
                disk.close(file)
                throw error
            }
            switch front {
            case .version(let version):
                disk.close(file)
                found(.version(version))
                return false
            case .unreadable:
                disk.close(file)
                found(.unreadable(segment: name))
            case .header(let header) where header.number == name:
                budget.files += 1
                let segment = SpoolSegment(header, file)
                let place = segments.firstIndex { $0.header.number > name } ?? segments.count
                segments.insert(segment, at: place)
            case .nothing, .header:
                // Its front was about to be written, it was about to be used again, or it is a copy
                // that was about to take a place.
                disk.close(file)
                try disk.remove(name)
            }
        }
        var lastObject: UInt64 = 0
        var isWhole = true
        for segment in segments {
            isWhole = true
            let torn = try replay(segment, &lastObject) {
                isWhole = false
                found(.damage(segment: segment.header.number, $0))
            }
            segment.isClosed = true
            guard let torn else { continue }
            if segment === segments.last && !lostPower {
                isWhole = isWhole && (try? wipe(torn, of: segment)) != nil
                found(.torn(segment: segment.header.number, torn))
            } else {
                isWhole = false
                found(.damage(segment: segment.header.number, torn))
            }
        }
        // It goes on where it ended: else each process that is killed soon would leave a segment.
        if isWhole && !lostPower { segments.last?.isClosed = false }
        syncedNumber = lastNumber
        retire()
        return true
    }

    private enum Front {
        case header(SpoolSegmentHeader)
        case version(UInt32)
        case nothing, unreadable
    }

    private mutating func header(of file: Int32) throws(SpoolFault) -> Front {
        var bytes = Bytes()
        try disk.read(file, 0..<SpoolSegmentHeader.count, to: &bytes)
        do throws(SpoolSegmentHeader.Flaw) {
            return .header(try SpoolSegmentHeader(bytes.view))
        } catch {
            if case .version(let version) = error { return .version(version) }
        }
        try disk.read(
            file, bytes.count..<max(bytes.count, try disk.count(file)), to: &bytes)
        return bytes.view.contains { $0 != 0 } ? .unreadable : .nothing
    }

    /// Gives what is damaged at the end, where no record follows.
    private mutating func replay(
        _ segment: SpoolSegment, _ lastObject: inout UInt64, _ damaged: (Range<Int>) -> Void
    ) throws(SpoolFault) -> Range<Int>? {
        var bytes = Bytes()
        try disk.read(segment.file, 0..<(try disk.count(segment.file)), to: &bytes)
        var reader = SpoolReader(bytes.view, salt: segment.header.salt)
        var last: Range<Int>?
        while true {
            let start = reader.offset
            switch reader.next() {
            case .end, .more:
                segment.end = SpoolRecordHeader.aligned(reader.offset)
                return last
            case .damage(let range):
                if let last { damaged(last) }
                last = range
            case .record(let record):
                if let last { damaged(last) }
                last = nil
                if try !takeUp(record, segment, &lastObject) { damaged(start..<reader.offset) }
            }
        }
    }

    /// Leaves nothing of it, so that the next record can begin there.
    private mutating func wipe(
        _ range: Range<Int>, of segment: SpoolSegment
    ) throws(SpoolFault) {
        var zeros = Bytes()
        do throws(DatapanelError) {
            try zeros.reserve(range.count)
            while zeros.view.count < range.count { try zeros.append(0 as UInt8) }
        } catch {
            throw .noMemory
        }
        try disk.write(segment.file, zeros.view, at: range.lowerBound)
        segment.end = range.lowerBound
    }

    /// false for what is whole, and yet none of ours.
    private mutating func takeUp(
        _ record: SpoolRecord, _ segment: SpoolSegment, _ lastObject: inout UInt64
    ) throws(SpoolFault) -> Bool {
        if record.number > SpoolRecord.numberMax { return false }
        lastNumber = max(lastNumber, record.number)
        switch record.kind {
        case .begun:
            forEach(record.content) { $0.begin($1) }
        case .done:
            finish(record.content)
        case .object where record.number <= lastObject:
            // Its write failed, though it was there, and it was written once more.
            break
        case .object where segment.fits(record.number):
            lastObject = record.number
            do throws(DatapanelError) { try segment.add(record.number) } catch { throw .noMemory }
        case .object:
            return false
        }
        return true
    }

    /// All objects without an outcome, in their order.
    mutating func forEachLive(
        _ body: (_ number: UInt64, _ isBegun: Bool, _ content: UnsafeRawBufferPointer) -> Void
    ) throws(SpoolFault) {
        for segment in segments where segment.live > 0 {
            var bytes = Bytes()
            try disk.read(segment.file, 0..<segment.end, to: &bytes)
            var reader = SpoolReader(bytes.view, salt: segment.header.salt)
            reading: while true {
                switch reader.next() {
                case .end, .more: break reading
                case .damage: continue
                case .record(let record):
                    guard record.kind == .object, segment.isLive(record.number) else { continue }
                    body(record.number, segment.isBegun(record.number), record.content)
                }
            }
        }
    }
}
