// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Foreign text made fit for a message or a log line: short, valid UTF-8, on one line.
package enum Excerpt {
    package static func of(_ bytes: UnsafeRawBufferPointer, limit: Int) -> String {
        guard let base = bytes.baseAddress else { return "" }
        let end = base.assumingMemoryBound(to: UInt8.self) + bytes.count
        var at = base.assumingMemoryBound(to: UInt8.self)
        var kept: [UInt8] = []
        kept.reserveCapacity(min(limit, bytes.count))
        while at < end {
            let length = UTF8Check.sequenceLength(at, end)
            if kept.count + max(length, 1) > limit {
                return String(decoding: kept, as: UTF8.self) + "…"
            }
            if length == 0 {
                kept.append(UInt8(ascii: "?"))
            } else if at.pointee < 0x20 || at.pointee == 0x7F {
                kept.append(0x20)
            } else {
                for index in 0..<length { kept.append(at[index]) }
            }
            at += max(length, 1)
        }
        return String(decoding: kept, as: UTF8.self)
    }

    package static func of(_ text: UnsafePointer<CChar>, limit: Int) -> String {
        of(UnsafeRawBufferPointer(start: text, count: strlen(text)), limit: limit)
    }

    /// One byte as a person would name it.
    package static func byte(_ byte: UInt8) -> String {
        if byte > 0x20 && byte < 0x7F { return "'\(String(decoding: [byte], as: UTF8.self))'" }
        let digits: StaticString = "0123456789abcdef"
        let pair = [digits.utf8Start[Int(byte >> 4)], digits.utf8Start[Int(byte & 15)]]
        return "byte 0x" + String(decoding: pair, as: UTF8.self)
    }
}
