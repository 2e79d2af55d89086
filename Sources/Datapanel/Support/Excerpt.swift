// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Foreign text made fit for a message or a log line: short, valid UTF-8, on one line.
package enum Excerpt {
    /// Never inlined: a copy of it for each message would be most of that message's code.
    @inline(never)
    package static func of(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Text {
        guard let base = bytes.baseAddress else { return "" }
        let end = base.assumingMemoryBound(to: UInt8.self) + bytes.count
        var at = base.assumingMemoryBound(to: UInt8.self)
        var kept = TextBuilder()
        while true {
            let plain = plainCount(at, min(end - at, limit - kept.count))
            kept.append(UnsafeRawBufferPointer(start: at, count: plain))
            at += plain
            if at == end { break }
            let length = UTF8Check.sequenceLength(at, end)
            if kept.count + max(length, 1) > limit {
                kept.append("…")
                break
            }
            if length == 0 {
                kept.append(UInt8(ascii: "?"))
            } else if isControl(at, length) {
                kept.append(0x20)
            } else {
                kept.append(UnsafeRawBufferPointer(start: at, count: length))
            }
            at += max(length, 1)
        }
        return kept.finish()
    }

    /// How many bytes are as good as they are before one that may not be.
    private static func plainCount(_ start: UnsafePointer<UInt8>, _ most: Int) -> Int {
        var count = 0
        while count < most, start[count] &- 0x20 < 0x5F { count += 1 }
        return count
    }

    /// What ends a line, steers a terminal, or turns the order of what stands around it.
    private static func isControl(_ at: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        switch length {
        case 1: return at[0] < 0x20 || at[0] == 0x7F
        // U+0080 to U+009F, among them an escape in one character.
        case 2: return at[0] == 0xC2 && at[1] < 0xA0
        // U+2028 to U+202E, and U+2066 to U+2069.
        case 3 where at[0] == 0xE2 && at[1] == 0x80: return (0xA8...0xAE).contains(at[2])
        case 3 where at[0] == 0xE2 && at[1] == 0x81: return (0xA6...0xA9).contains(at[2])
        default: return false
        }
    }

    package static func of(_ text: UnsafePointer<CChar>, limit: Int) -> Text {
        of(UnsafeRawBufferPointer(start: text, count: strlen(text)), limit: limit)
    }

    /// One byte as a person would name it.
    package static func byte(_ byte: UInt8) -> Text {
        var name = TextBuilder()
        if byte > 0x20 && byte < 0x7F {
            name.append("'")
            name.append(byte)
            name.append("'")
        } else {
            let digits: StaticString = "0123456789abcdef"
            name.append("byte 0x")
            name.append(digits.utf8Start[Int(byte >> 4)])
            name.append(digits.utf8Start[Int(byte & 15)])
        }
        return name.finish()
    }
}
