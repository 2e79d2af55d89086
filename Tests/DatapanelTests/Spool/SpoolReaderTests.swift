// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct SpoolReaderTests {
    private struct Entry: Equatable {
        let kind: SpoolRecord.Kind
        let number: UInt64
        let content: [UInt8]
    }

    private enum Seen: Equatable {
        case record(Entry)
        case damage(Range<Int>)
    }

    private let salt: UInt32 = 0x5EED_1234

    private let entries: [Entry] = [
        Entry(kind: .object, number: 1, content: Array(#"{"n":1}"#.utf8)),
        Entry(kind: .begun, number: 1, content: []),
        Entry(kind: .object, number: 1 << 40, content: Array(repeating: 0x78, count: 1_000)),
        Entry(kind: .done, number: .max, content: [0]),
    ]

    /// The bytes of a segment, and where each record begins in it.
    private func segment(
        _ entries: [Entry], room: Int = 0, salt: UInt32? = nil
    ) throws -> (bytes: [UInt8], starts: [Int]) {
        let salt = salt ?? self.salt
        var bytes = Bytes()
        try SpoolSegmentHeader(number: 7, salt: salt).append(to: &bytes)
        var starts: [Int] = []
        for entry in entries {
            starts.append(bytes.count)
            try withBytes(entry.content) { content in
                let record = SpoolRecord(kind: entry.kind, number: entry.number, content: content)
                let header = SpoolRecordHeader(record)
                try header.append(to: &bytes, salt: salt)
                try bytes.append(content)
                for _ in 0..<header.paddingCount { try bytes.append(0 as UInt8) }
            }
        }
        return (Array(bytes.view) + [UInt8](repeating: 0, count: room), starts)
    }

    private func read(_ bytes: [UInt8]) -> [Seen] {
        withBytes(bytes) { view in
            var reader = SpoolReader(view, salt: salt)
            var seen: [Seen] = []
            while true {
                let before = reader.offset
                switch reader.next() {
                case .record(let record):
                    seen.append(
                        .record(
                            Entry(
                                kind: record.kind, number: record.number,
                                content: Array(record.content))))
                case .damage(let range):
                    seen.append(.damage(range))
                case .end, .more:
                    return seen
                }
                guard reader.offset > before else {
                    Issue.record("no step forward at \(before)")
                    return seen
                }
            }
        }
    }

    @Test func readsWhatWasWritten() throws {
        let (bytes, _) = try segment(entries, room: 4_096)
        #expect(read(bytes) == entries.map(Seen.record))
        #expect(read(try segment([]).bytes) == [])
    }

    /// A process that ends at any moment leaves a prefix.
    @Test func aPrefixHasAllRecordsThatAreWhole() throws {
        let (bytes, starts) = try segment(entries)
        for count in SpoolSegmentHeader.count...bytes.count {
            let padded = Array(bytes[..<count]) + [UInt8](repeating: 0, count: bytes.count - count)
            let seen = read(padded)
            let records = seen.filter { if case .record = $0 { true } else { false } }
            let ends = starts.dropFirst() + [bytes.count]
            let whole = zip(entries, zip(starts, ends)).filter { entry, place in
                // The padding is zero in any case, and so is the last byte of the last one.
                let end = place.0 + SpoolRecordHeader.count + entry.content.count
                return padded[..<end] == bytes[..<end]
            }
            #expect(records == whole.map { .record($0.0) }, "\(count)")
            #expect(seen.count - records.count <= 1)
        }
    }

    /// One byte that is wrong costs the record it is in, and no other.
    @Test func aDamagedRecordIsPassedOver() throws {
        let (bytes, starts) = try segment(entries, room: 64)
        let ends = starts.dropFirst() + [bytes.count - 64]
        for place in starts[0]..<(bytes.count - 64) {
            var damaged = bytes
            damaged[place] ^= 0x40
            guard let hit = zip(starts, ends).enumerated().first(where: { $1.0..<$1.1 ~= place })
            else { continue }
            let record =
                starts[hit.offset]..<starts[hit.offset]
                + SpoolRecordHeader.count + entries[hit.offset].content.count
            let seen = read(damaged)
            if !record.contains(place) {
                #expect(seen == entries.map(Seen.record), "padding at \(place)")
                continue
            }
            let others = entries.indices.filter { $0 != hit.offset }.map {
                Seen.record(entries[$0])
            }
            let records = seen.filter { if case .record = $0 { true } else { false } }
            #expect(records == others, "\(place)")
        }
    }

    /// What lies within a record that goes beyond the file is its content, in each part that is
    /// read.
    @Test func aRecordBeyondTheFileIsDamageUpToItsEnd() throws {
        var front = Bytes()
        try withBytes([UInt8](repeating: 0, count: 2_000)) { content in
            let record = SpoolRecord(kind: .object, number: 1, content: content)
            try SpoolRecordHeader(record).append(to: &front, salt: salt)
        }
        let rest = 1_000
        let end = front.count + rest
        withBytes(Array(front.view)) { part in
            var reader = SpoolReader(part, from: 0, behind: rest, salt: salt)
            guard case .damage(let range) = reader.next() else {
                Issue.record("no damage")
                return
            }
            #expect(range == 0..<end)
            guard case .more = reader.next() else {
                Issue.record("no more")
                return
            }
            #expect(reader.offset >= end)
        }
    }

    @Test func whatAFormerUseOfTheFileLeftIsNoRecord() throws {
        let old = try segment(entries, salt: 1).bytes
        let new = try segment([entries[0]]).bytes
        #expect(read(new + old[new.count...]) == [.record(entries[0])])
    }

    @Test func anObjectThatLooksLikeARecordIsAnObject() throws {
        let forged = Array(try segment([entries[3]], salt: 99).bytes[SpoolSegmentHeader.count...])
        let object = Entry(kind: .object, number: 5, content: forged + forged)
        var (bytes, starts) = try segment([object, entries[0]])
        #expect(read(bytes) == [.record(object), .record(entries[0])])
        bytes[starts[0]] ^= 1
        #expect(read(bytes) == [.damage(starts[0]..<starts[1]), .record(entries[0])])
    }

    @Test func readsAnyBytesToTheirEnd() {
        var dice = SeededDice(77)
        for round in 0..<500 {
            let count = Int.random(in: 0...600, using: &dice)
            // Of few values, so that kinds and zeros stand where they count.
            let most: UInt8 = round % 2 == 0 ? 3 : 255
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...most, using: &dice) }
            #expect(read(bytes) == [])
        }
    }

    // MARK: the segment

    @Test func aSegmentTellsWhatItIs() throws {
        let bytes = try segment([]).bytes
        #expect(bytes.count == SpoolSegmentHeader.count)
        let header = try withBytes(bytes) { try SpoolSegmentHeader($0) }
        #expect(header == SpoolSegmentHeader(number: 7, salt: salt))
    }

    @Test func aSegmentThatIsDamagedIsNone() throws {
        let bytes = try segment([]).bytes
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 1
            #expect(throws: SpoolSegmentHeader.Flaw.unreadable, "\(place)") {
                try withBytes(damaged) { try SpoolSegmentHeader($0) }
            }
            #expect(throws: SpoolSegmentHeader.Flaw.unreadable) {
                try withBytes(Array(bytes[..<place])) { try SpoolSegmentHeader($0) }
            }
        }
    }

    /// A checksum that is right says that it is no damage.
    @Test func aSegmentOfANewerLibraryIsRefused() throws {
        var bytes = try segment([]).bytes
        bytes[8] = 2
        let version = withBytes(Array(bytes[8..<12])) { Checksum.of($0) }
        let checksum = withBytes(Array(bytes[16..<64])) { Checksum.of($0, salt: version) }
        for index in 0..<4 {
            bytes[12 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index))
        }
        #expect(throws: SpoolSegmentHeader.Flaw.version(2)) {
            try withBytes(bytes) { try SpoolSegmentHeader($0) }
        }
    }
}
