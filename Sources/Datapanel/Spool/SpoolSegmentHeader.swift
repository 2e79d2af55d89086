// SPDX-License-Identifier: Apache-2.0

/// The front of a segment, a file that holds records: 64 bytes, numbers with the lowest byte first.
///
///     0  "DPSPOOL" and a line end
///     8  version of the format
///    12  checksum of the other 52 bytes from 16 on and of the version
///    16  number of the segment, one above that of the segment before
///    24  salt of the checksums of its records
///    28  zeros
struct SpoolSegmentHeader: Equatable {
    static let count = 64
    static let version: UInt32 = 1
    private static let magic: StaticString = "DPSPOOL\n"

    let number: UInt64
    /// Of the checksums in this segment. A new one for each use of a file.
    let salt: UInt32

    /// What a file that holds no segment of ours is.
    enum Flaw: Error, Equatable {
        /// Never finished, damaged, or none of ours.
        case unreadable
        /// Of a library that is newer than this one.
        case version(UInt32)
    }

    init(number: UInt64, salt: UInt32) {
        self.number = number
        self.salt = salt
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(Flaw) {
        guard bytes.count >= Self.count,
            ASCII.equal(UnsafeRawBufferPointer(rebasing: bytes[..<8]), Self.magic),
            LittleEndian.word(bytes, 12) == Self.checksum(bytes)
        else { throw .unreadable }
        let version = LittleEndian.word(bytes, 8)
        guard version == Self.version else { throw .version(version) }
        number = LittleEndian.number(bytes, 16)
        salt = LittleEndian.word(bytes, 24)
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let version = Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[8..<12]))
        return Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[16..<count]), salt: version)
    }

    func append(to bytes: inout Bytes) throws(DatapanelError) {
        let start = bytes.count
        try bytes.append(Self.magic)
        var words = InlineArray<14, UInt32>(repeating: 0)
        words[0] = Self.version.littleEndian
        words[2] = UInt32(truncatingIfNeeded: number).littleEndian
        words[3] = UInt32(truncatingIfNeeded: number >> 32).littleEndian
        words[4] = salt.littleEndian
        try withUnsafeBytes(of: &words) { view throws(DatapanelError) in try bytes.append(view) }
        let header = UnsafeMutableRawBufferPointer(rebasing: bytes.mutableView[start...])
        let checksum = Self.checksum(UnsafeRawBufferPointer(header)).littleEndian
        header.storeBytes(of: checksum, toByteOffset: 12, as: UInt32.self)
    }
}
