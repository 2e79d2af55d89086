// SPDX-License-Identifier: Apache-2.0

/// Reads the records of a segment, whatever state its bytes are in: what is damaged is passed over
/// and said to be so, and every step goes forward.
struct SpoolReader {
    private let bytes: UnsafeRawBufferPointer
    private let salt: UInt32
    private(set) var offset = SpoolSegmentHeader.count

    enum Step {
        case record(SpoolRecord)
        /// No record is whole there, but one follows, or its front is.
        case damage(Range<Int>)
        /// Nothing follows. A record that was being written when all ended may begin here.
        case end
    }

    /// `bytes` is the whole segment, with its header.
    init(_ bytes: UnsafeRawBufferPointer, salt: UInt32) {
        self.bytes = bytes
        self.salt = salt
    }

    mutating func next() -> Step {
        let begin = offset
        guard let (place, header) = firstHeader(from: begin) else { return .end }
        if place > begin {
            offset = place
            return .damage(begin..<place)
        }
        let first = place + SpoolRecordHeader.count
        offset = min(place + header.recordCount, bytes.count)
        // A file that was cut off.
        guard header.contentCount <= bytes.count - first else { return .damage(begin..<offset) }
        let content = UnsafeRawBufferPointer(
            rebasing: bytes[first..<(first + header.contentCount)])
        guard Checksum.of(content, salt: salt) == header.contentChecksum else {
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
