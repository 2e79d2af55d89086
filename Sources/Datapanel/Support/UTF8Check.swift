// SPDX-License-Identifier: Apache-2.0

/// RFC 3629, over raw bytes: no overlong forms, no surrogates, nothing above U+10FFFF.
package enum UTF8Check {
    /// The length of the well-formed sequence that starts at `at`, 1 to 4; 0 if there is none.
    package static func sequenceLength(
        _ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> Int {
        let left = end - at
        guard left > 0 else { return 0 }
        switch at[0] {
        case 0x00...0x7F:
            return 1
        case 0xC2...0xDF:
            return left >= 2 && isTail(at[1]) ? 2 : 0
        case 0xE0...0xEF:
            guard left >= 3, isTail(at[1]), isTail(at[2]) else { return 0 }
            if at[0] == 0xE0 && at[1] < 0xA0 { return 0 }
            if at[0] == 0xED && at[1] > 0x9F { return 0 }
            return 3
        case 0xF0...0xF4:
            guard left >= 4, isTail(at[1]), isTail(at[2]), isTail(at[3]) else { return 0 }
            if at[0] == 0xF0 && at[1] < 0x90 { return 0 }
            if at[0] == 0xF4 && at[1] > 0x8F { return 0 }
            return 4
        default:
            return 0
        }
    }

    package static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let base = text.baseAddress else { return true }
        var at = base.assumingMemoryBound(to: UInt8.self)
        let end = at + text.count
        while at < end {
            let length = sequenceLength(at, end)
            if length == 0 { return false }
            at += length
        }
        return true
    }

    private static func isTail(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
