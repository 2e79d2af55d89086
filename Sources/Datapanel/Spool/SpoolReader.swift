// SPDX-License-Identifier: Apache-2.0

/// Reads the records of a segment, or of a part of it, whatever state its bytes are in: what is
/// damaged is passed over and said to be so, and every step goes forward.
struct SpoolReader {
    private let bytes: UnsafeRawBufferPointer
    private let salt: UInt32
    /// How many bytes of the segment follow these.
    private let behind: Int
    private(set) var offset: Int

    enum Step {
        case record(SpoolRecord)
        /// No record is whole there, but one follows, or its front is.
        case damage(Range<Int>)
        /// Nothing follows. A record that was being written when all ended may begin here.
        case end
        /// What follows is behind these bytes, from `offset` on: this many tell what it is.
        case more(Int)
    }

    /// `bytes` is the whole segment, with its header.
    init(_ bytes: UnsafeRawBufferPointer, salt: UInt32) {
        self.init(bytes, from: SpoolSegmentHeader.count, behind: 0, salt: salt)
    }

    /// `bytes` is a part of a segment.
    init(_ bytes: UnsafeRawBufferPointer, from offset: Int, behind: Int, salt: UInt32) {
        self.bytes = bytes
        self.offset = offset
        self.behind = behind
        self.salt = salt
    }

    mutating func next() -> Step {
        let begin = offset
        guard let (place, header) = firstHeader(from: begin) else {
            if behind == 0 { return .end }
            offset = SpoolRecordHeader.aligned(
                max(begin, bytes.count - SpoolRecordHeader.count + 1))
            return .more(SpoolRecordHeader.count)
        }
        if place > begin {
            offset = place
            return .damage(begin..<place)
        }
        let first = place + SpoolRecordHeader.count
        let end = first + header.contentCount
        if end > bytes.count && end <= bytes.count + behind { return .more(header.recordCount) }
        offset = min(place + header.recordCount, bytes.count + behind)
        // A file that was cut off: nothing of it follows, in this part or behind.
        guard end <= bytes.count else { return .damage(begin..<offset) }
        let content = UnsafeRawBufferPointer(rebasing: bytes[first..<end])
        guard Checksum.of(content) == header.contentChecksum else {
            return .damage(begin..<offset)
        }
        return .record(SpoolRecord(kind: header.kind, number: header.number, content: content))
    }

    /// Looks at each place where a record could begin. Only the fronts are looked at, so the time
    /// for a segment is bounded whatever it holds.
    private func firstHeader(from begin: Int) -> (Int, SpoolRecordHeader)? {
        var place = SpoolRecordHeader.aligned(begin)
        while place <= bytes.count - SpoolRecordHeader.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[place...])
            if let header = SpoolRecordHeader(rest, salt: salt) { return (place, header) }
            place = SpoolRecordHeader.aligned(place + 1)
        }
        return nil
    }
}
