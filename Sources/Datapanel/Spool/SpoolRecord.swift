// SPDX-License-Identifier: Apache-2.0

/// What a spool notes, one thing after the other.
struct SpoolRecord {
    enum Kind: UInt8 {
        /// An object was taken: `number` is its own, the content is a `SpoolObject`.
        case object = 1
        /// Objects are about to be sent for the first time: the content is `SpoolRuns` of them.
        case begun = 2
        /// Objects have their final outcome: the content is as that of `begun`.
        case done = 3
    }

    let kind: Kind
    /// The object's, or the last that was given then: so no number is given twice though the
    /// record of its object is damaged.
    let number: UInt64
    let content: UnsafeRawBufferPointer
    /// What is written behind `content` as part of it; empty when it was read.
    var back = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Of `content`, where it is known.
    var checksum: UInt32?

    /// None of ours is above it, and none that is not has no successor.
    static let numberMax: UInt64 = 1 << 62
}

/// The front of a record in a file: 24 bytes, numbers with the lowest byte first.
///
///     0  checksum of the other 20 bytes
///     4  checksum of the content
///     8  bytes of content
///    12  kind, and three bytes that are 0
///    16  number
///
/// The content follows, and up to seven bytes that are 0: records begin at multiples of 8. The
/// first checksum begins with the salt of the segment. So a record can be told from what a former
/// use of the file has left, and from an object that somebody made to look like one.
struct SpoolRecordHeader {
    static let count = 24
    private static let alignment = 8

    let contentChecksum: UInt32
    let contentCount: Int
    let kind: SpoolRecord.Kind
    let number: UInt64

    /// Of a record to be written; its content never reaches 4 GiB.
    init(_ record: SpoolRecord) {
        let checksum = record.checksum ?? Checksum.of(record.content)
        contentChecksum = Checksum.of(record.back, salt: checksum)
        contentCount = record.content.count + record.back.count
        kind = record.kind
        number = record.number
    }

    /// nil when no record begins here.
    init?(_ bytes: UnsafeRawBufferPointer, salt: UInt32) {
        guard bytes.count >= Self.count, let kind = SpoolRecord.Kind(rawValue: bytes[12]),
            bytes[13] == 0, bytes[14] == 0, bytes[15] == 0
        else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[4..<Self.count])
        guard LittleEndian.word(bytes, 0) == Checksum.of(rest, salt: salt) else { return nil }
        contentChecksum = LittleEndian.word(bytes, 4)
        contentCount = Int(LittleEndian.word(bytes, 8))
        self.kind = kind
        number = LittleEndian.number(bytes, 16)
    }

    /// Of the record with its content, up to where the next one begins.
    var recordCount: Int { Self.recordCount(contentCount) }

    static func recordCount(_ contentCount: Int) -> Int { aligned(count + contentCount) }

    var paddingCount: Int { -contentCount & (Self.alignment - 1) }

    /// The first place for a record at `offset` or behind it.
    static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) & ~(alignment - 1) }

    func append(to bytes: inout Bytes, salt: UInt32) throws(DatapanelError) {
        var words = InlineArray<6, UInt32>(repeating: 0)
        words[1] = contentChecksum.littleEndian
        words[2] = UInt32(truncatingIfNeeded: contentCount).littleEndian
        words[3] = UInt32(kind.rawValue).littleEndian
        words[4] = UInt32(truncatingIfNeeded: number).littleEndian
        words[5] = UInt32(truncatingIfNeeded: number >> 32).littleEndian
        let rest = withUnsafeBytes(of: &words) {
            Checksum.of(UnsafeRawBufferPointer(rebasing: $0[4...]), salt: salt)
        }
        words[0] = rest.littleEndian
        try withUnsafeBytes(of: &words) { view throws(DatapanelError) in try bytes.append(view) }
    }
}
