// SPDX-License-Identifier: Apache-2.0

/// Reading back, in order, what is on the disk alone.
extension SpoolLog {
    /// A part of a segment to be read, apart from the log: others may write to it meanwhile.
    struct Read {
        let segment: SpoolSegment
        let range: Range<Int>
        /// How much of the segment is behind it.
        let behind: Int
        /// Closed by whoever reads.
        let file: Int32
    }

    /// The next part from `place` on, of `count` bytes where there are as many; nil when there is
    /// nothing yet. `left` hears of each segment that is over, and `place` moves on.
    mutating func read(
        from place: inout Place, _ count: Int, onlySynced: Bool, left: (SpoolSegment) -> Void
    ) throws(SpoolFault) -> Read? {
        for segment in segments where segment.header.number >= place.number {
            if segment.header.number > place.number {
                place = Place(number: segment.header.number, offset: SpoolSegmentHeader.count)
            }
            let end = onlySynced ? min(segment.syncedEnd, segment.end) : segment.end
            let rest = end - place.offset
            if rest > 0 {
                let file = try disk.hold(segment.file)
                let part = min(rest, count)
                return Read(
                    segment: segment, range: place.offset..<(place.offset + part),
                    behind: rest - part, file: file)
            }
            // More may be written to it, or be synced.
            if end < segment.end || segment === segments.last { return nil }
            left(segment)
        }
        return nil
    }
}
