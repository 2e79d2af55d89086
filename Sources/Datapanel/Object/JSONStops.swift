// SPDX-License-Identifier: Apache-2.0
import CMachine

/// Finds the bytes inside JSON strings that are not plain text: quotes, backslashes, control
/// characters, and bytes of longer UTF-8 sequences.
///
/// It looks at 64 bytes at once and keeps what it saw as one bit each. Most strings are short, so
/// most answers take a shift and no look at the text at all.
struct JSONStops {
    private static let width = 64

    private let start: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    /// Where the bytes begin that `bits` is about.
    private var window: UnsafePointer<UInt8>
    private var bits: UInt64 = 0

    init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        self.start = start
        self.end = end
        // No position is inside, so the first question has it filled.
        window = end
    }

    /// The first stop at `place` or behind it; the end of the text if there is none.
    @inline(__always)
    mutating func next(from place: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        let offset = UInt(bitPattern: place - window)
        let isSeen = offset < UInt(Self.width)
        if isSeen {
            let rest = bits &>> UInt64(offset)
            if rest != 0 { return place + rest.trailingZeroBitCount }
        }
        let found = Self.look(from: isSeen ? window + Self.width : place, start, end)
        window = found.window
        bits = found.bits
        return found.stop
    }

    private typealias Found = (
        stop: UnsafePointer<UInt8>, window: UnsafePointer<UInt8>, bits: UInt64
    )

    /// Goes on at `place`, which nothing was seen of yet, and may be behind the end. A call of its
    /// own that changes nothing, so that what was seen stays in registers.
    @inline(never) @_optimize(speed)
    private static func look(
        from place: UnsafePointer<UInt8>, _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>
    ) -> Found {
        var place = place
        while place < end {
            if end - start < width { return (nextOfFew(from: place, end), end, 0) }
            // The last window ends with the text, and overlaps the one before.
            let window = min(start + ((place - start) & ~(width - 1)), end - width)
            let bits = dpx_stops64(window)
            let rest = bits &>> UInt64(place - window)
            if rest != 0 { return (place + rest.trailingZeroBitCount, window, bits) }
            place = window + width
        }
        return (end, end, 0)
    }

    /// In a text that is shorter than the window.
    private static func nextOfFew(
        from place: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        var place = place
        while place < end, !isStop(place.pointee) { place += 1 }
        return place
    }

    @inline(__always)
    static func isStop(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 || byte >= 0x80
    }
}
