// SPDX-License-Identifier: Apache-2.0
import CPosix

/// JSON strings that become C strings where they stand: a text is never longer than its escapes.
enum JSONText {
    /// Whether the string whose first character is at `start` can be a C string: not when there is
    /// none (`start` is 0), an empty one, or one with a NUL inside. The scanner has accepted it.
    static func isUsable(_ text: UnsafeRawBufferPointer, at start: Int) -> Bool {
        guard start > 0, start < text.count, text[start] != UInt8(ascii: "\"") else { return false }
        if plainEnd(text, start) != nil { return true }
        var at = start
        while at < text.count, text[at] != UInt8(ascii: "\"") {
            if text[at] != UInt8(ascii: "\\") {
                at += 1
            } else if unescape(text, &at) == 0 {
                return false
            }
        }
        return at < text.count
    }

    /// Decodes a usable string, and puts a NUL behind it.
    static func terminate(_ text: UnsafeMutableRawBufferPointer, at start: Int) {
        if let end = plainEnd(UnsafeRawBufferPointer(text), start) { return text[end] = 0 }
        var from = start
        var to = start
        while from < text.count, text[from] != UInt8(ascii: "\"") {
            if text[from] == UInt8(ascii: "\\") {
                encode(unescape(UnsafeRawBufferPointer(text), &from), text, &to)
            } else {
                text[to] = text[from]
                from += 1
                to += 1
            }
        }
        if to < text.count { text[to] = 0 }
    }

    /// Where a string ends that has no escapes, as almost every id; nil for one that has.
    private static func plainEnd(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        guard let base = text.baseAddress, start < text.count,
            let quote = memchr(base + start, 0x22, text.count - start)
        else { return nil }
        let end = UnsafeRawPointer(quote) - base
        return memchr(base + start, 0x5C, end - start) == nil ? end : nil
    }

    private static func unescape(_ text: UnsafeRawBufferPointer, _ from: inout Int) -> UInt32 {
        guard from + 1 < text.count else { return 0 }
        let letter = text[from + 1]
        guard letter == UInt8(ascii: "u") else {
            from += 2
            return simple(letter)
        }
        let first = unit(text, from + 2)
        from += 6
        guard first & 0xFC00 == 0xD800 else { return first }
        let second = unit(text, from + 2)
        from += 6
        return 0x1_0000 + (first & 0x3FF) << 10 + second & 0x3FF
    }

    private static func simple(_ letter: UInt8) -> UInt32 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: UInt32(letter)
        }
    }

    private static func unit(_ text: UnsafeRawBufferPointer, _ at: Int) -> UInt32 {
        guard at + 4 <= text.count else { return 0 }
        var value: UInt32 = 0
        for index in at..<(at + 4) { value = value << 4 | UInt32(ASCII.hexValue(text[index]) ?? 0) }
        return value
    }

    /// The UTF-8 of a scalar takes at most 4 bytes, its escape at least 6.
    private static func encode(
        _ scalar: UInt32, _ text: UnsafeMutableRawBufferPointer, _ to: inout Int
    ) {
        func put(_ value: UInt32) {
            text[to] = UInt8(truncatingIfNeeded: value)
            to += 1
        }
        switch scalar {
        case 0..<0x80:
            put(scalar)
        case 0x80..<0x800:
            put(0xC0 | scalar >> 6)
            put(0x80 | scalar & 0x3F)
        case 0x800..<0x1_0000:
            put(0xE0 | scalar >> 12)
            put(0x80 | scalar >> 6 & 0x3F)
            put(0x80 | scalar & 0x3F)
        default:
            put(0xF0 | scalar >> 18)
            put(0x80 | scalar >> 12 & 0x3F)
            put(0x80 | scalar >> 6 & 0x3F)
            put(0x80 | scalar & 0x3F)
        }
    }
}
