// SPDX-License-Identifier: Apache-2.0

/// An object as it stands in a spool: its text, and then when it was taken and for whom, 24 bytes
/// with the lowest byte of a number first.
///
///     0  when it was taken, in microseconds of Unix time
///     8  the same on the monotonic clock, which begins anew with each boot
///    16  the caller's pointer, which means something to its own process only
struct SpoolObject {
    static let backCount = 24

    let queuedAt: Int64
    let ticks: Int64
    let opaque: UnsafeMutableRawPointer?
    let text: UnsafeRawBufferPointer
    /// Of the text.
    let checksum: UInt32

    init(
        queuedAt: Int64, ticks: Int64, opaque: UnsafeMutableRawPointer?,
        text: UnsafeRawBufferPointer, checksum: UInt32
    ) {
        self.checksum = checksum
        self.queuedAt = queuedAt
        self.ticks = ticks
        self.opaque = opaque
        self.text = text
    }

    /// nil for what is no object of ours.
    init?(_ content: UnsafeRawBufferPointer) {
        let end = content.count - Self.backCount
        guard end >= 0 else { return nil }
        queuedAt = Int64(bitPattern: LittleEndian.number(content, end))
        ticks = Int64(bitPattern: LittleEndian.number(content, end + 8))
        opaque = UnsafeMutableRawPointer(
            bitPattern: UInt(truncatingIfNeeded: LittleEndian.number(content, end + 16)))
        text = UnsafeRawBufferPointer(rebasing: content[..<end])
        checksum = 0
    }

    /// In a segment.
    var recordCount: Int { SpoolRecordHeader.recordCount(text.count + Self.backCount) }

    var back: InlineArray<3, UInt64> {
        [
            UInt64(bitPattern: queuedAt).littleEndian, UInt64(bitPattern: ticks).littleEndian,
            UInt64(UInt(bitPattern: opaque)).littleEndian,
        ]
    }
}
