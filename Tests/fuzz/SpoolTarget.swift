// SPDX-License-Identifier: Apache-2.0

/// `SpoolLog` and `SpoolReader`, on segments of any content: what is read back was written whole,
/// in parts of any size it is the same, and a log goes on behind whatever it found.
///
/// The first byte of an input says how it is read (1: power was lost, 2: the checksums are set
/// right before, or little would get past them), the second how much at once. Then the files
/// follow, each with its number in a byte, its size in two, the lower first, and its bytes.
enum SpoolTarget {
    static func check(_ input: UnsafeRawBufferPointer) -> Bool {
        guard input.count > 2 else { return false }
        let lostPower = input[0] & 1 != 0
        let part = Int(input[1]) + 1
        let disk = MemoryDisk()
        var rest = input[2...]
        while let number = rest.first, rest.count >= 3 {
            let count = Int(rest[rest.startIndex + 1]) | Int(rest[rest.startIndex + 2]) << 8
            var bytes = Array(rest.dropFirst(3).prefix(count))
            rest = rest.dropFirst(3 + bytes.count)
            if input[0] & 2 != 0 { SegmentSeal.setRight(&bytes) }
            disk.add(UInt64(number), bytes)
        }
        let isInOrder = isInOrder(disk)
        guard var log = reopened(disk, lostPower) else { return false }
        let live = liveObjects(&log, part)
        // Of numbers that no process would have given, each process may see others.
        if isInOrder && log.lastNumber < SpoolRecord.numberMax {
            goOn(&log, disk, live, lostPower)
        }
        return !live.isEmpty
    }

    private static func reopened(
        _ disk: MemoryDisk, _ lostPower: Bool
    ) -> SpoolLog<MemoryDisk>? {
        var log = SpoolLog(
            disk, segmentBytes: 2_048, budget: SpoolBudget(most: .max), dice: { 0x5EED })
        do throws(SpoolFault) {
            let isTaken = try log.open(lostPower: lostPower) { finding in
                if case .damage(_, let range) = finding {
                    expect(!range.isEmpty, "damage of no bytes")
                }
            }
            if isTaken { return log }
            return nil
        } catch {
            fatalError("finding: cannot \(error.action)")
        }
    }

    // MARK: reading back

    /// The objects without an outcome, with what is in them.
    private static func liveObjects(
        _ log: inout SpoolLog<MemoryDisk>, _ part: Int
    ) -> [UInt64: [UInt8]] {
        var live: [UInt64: [UInt8]] = [:]
        do throws(SpoolFault) {
            try log.forEachLive { number, _, content in
                if live[number] == nil { live[number] = Array(content) }
            }
        } catch {
            fatalError("finding: cannot \(error.action)")
        }
        expect(live.count == log.live, "\(log.live) are said to be there, \(live.count) are")
        for segment in log.segments {
            let bytes = log.disk.content(segment.file)
            let salt = segment.header.salt
            bytes.withUnsafeBytes { checkParts($0, salt, part) }
            for (number, content) in live where segment.isLive(number) {
                expect(
                    SegmentSeal.has(number, content, in: bytes, salt),
                    "object \(number) is not as it was written")
            }
        }
        expect(inParts(&log, part) == live, "in parts of \(part) bytes it is something else")
        return live
    }

    private struct Seen: Equatable {
        let place: Int
        let number: UInt64
        let kind: SpoolRecord.Kind
        let count: Int
    }

    private static func checkParts(
        _ bytes: UnsafeRawBufferPointer, _ salt: UInt32, _ part: Int
    ) {
        let whole = records(bytes, salt, bytes.count)
        expect(records(bytes, salt, part) == whole, "other records in parts of \(part) bytes")
    }

    /// The records of a segment, of which so much is read at once.
    private static func records(
        _ bytes: UnsafeRawBufferPointer, _ salt: UInt32, _ part: Int
    ) -> [Seen] {
        var seen: [Seen] = []
        var place = SpoolSegmentHeader.count
        var wanted = part
        while place < bytes.count {
            let range = place..<min(bytes.count, place + wanted)
            var reader = SpoolReader(
                UnsafeRawBufferPointer(rebasing: bytes[range]), from: 0,
                behind: bytes.count - range.upperBound, salt: salt)
            reading: while true {
                let offset = reader.offset
                switch reader.next() {
                case .record(let record):
                    seen.append(
                        Seen(
                            place: range.lowerBound + offset, number: record.number,
                            kind: record.kind, count: record.content.count))
                case .damage(let damaged):
                    expect(damaged.lowerBound == offset && !damaged.isEmpty, "damage elsewhere")
                case .more(let count):
                    expect(reader.offset > 0 || count > range.count, "as much as before is wanted")
                    place = range.lowerBound + reader.offset
                    wanted = max(part, count)
                    break reading
                case .end:
                    expect(range.upperBound == bytes.count, "an end before the end")
                    return seen
                }
                expect(reader.offset > offset, "no step forward")
            }
        }
        return seen
    }

    /// As a producer reads them, one part of the log after the other.
    private static func inParts(
        _ log: inout SpoolLog<MemoryDisk>, _ part: Int
    ) -> [UInt64: [UInt8]] {
        var live: [UInt64: [UInt8]] = [:]
        var place = SpoolLog<MemoryDisk>.Place(number: 0, offset: 0)
        var wanted = part
        while let read = try? log.read(from: &place, wanted, onlySynced: false, left: { _ in }) {
            var bytes = Bytes()
            try? log.disk.read(read.file, read.range, to: &bytes)
            var reader = SpoolReader(
                bytes.view, from: 0, behind: read.behind, salt: read.segment.header.salt)
            reading: while true {
                switch reader.next() {
                case .record(let record):
                    guard record.kind == .object, read.segment.isLive(record.number),
                        live[record.number] == nil
                    else { continue }
                    live[record.number] = Array(record.content)
                case .damage: continue
                case .more(let count):
                    place.offset = read.range.lowerBound + reader.offset
                    wanted = max(part, count)
                    break reading
                case .end:
                    place.offset = read.range.upperBound
                    wanted = part
                    break reading
                }
            }
        }
        return live
    }

    // MARK: going on

    /// Whether a process may have given these numbers. Segments that are done with count, too: as
    /// long as they are there, they tell which objects were written once more.
    private static func isInOrder(_ disk: MemoryDisk) -> Bool {
        var last: UInt64 = 0
        for (name, bytes) in disk.contents {
            let header = bytes.withUnsafeBytes { try? SpoolSegmentHeader($0) }
            guard let header, header.number == name else { continue }
            let seen = bytes.withUnsafeBytes { records($0, header.salt, bytes.count) }
            for record in seen where record.kind == .object {
                guard record.number > last else { return false }
                last = record.number
            }
        }
        return true
    }

    /// One more object is taken, and another done; the next process finds just that.
    private static func goOn(
        _ log: inout SpoolLog<MemoryDisk>, _ disk: MemoryDisk, _ live: [UInt64: [UInt8]],
        _ lostPower: Bool
    ) {
        var wanted = live
        let number = log.lastNumber + 1
        do throws(SpoolFault) {
            let text: Text = "{}"
            let object = SpoolObject(
                queuedAt: 1, ticks: 2, opaque: nil, text: text.bytes,
                checksum: Checksum.of(text.bytes))
            let place = try log.take(number, object)
            withExtendedLifetime(text) {}
            expect(place != nil, "there is no room")
            wanted[number] = Array("{}".utf8) + [1] + zeros(7) + [2] + zeros(15)
            if let done = live.keys.min() {
                wanted[done] = nil
                var runs = SpoolRuns()
                try? runs.add(done)
                try log.finish(runs)
                log.retire()
            }
            try log.sync()
        } catch {
            fatalError("finding: cannot \(error.action)")
        }
        guard var next = reopened(disk.copy(), lostPower) else {
            fatalError("finding: it cannot be opened once more")
        }
        expect(liveObjects(&next, 256) == wanted, "the next process finds something else")
    }

    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
