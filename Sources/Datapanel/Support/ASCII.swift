// SPDX-License-Identifier: Apache-2.0

/// Header names, keys and digits are ASCII: they are compared as bytes, without Unicode tables.
package enum ASCII {
    package static func lower(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    package static func upper(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "a") < 26 ? byte & ~0x20 : byte
    }

    package static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") <= 9 }

    package static func isLetter(_ byte: UInt8) -> Bool { lower(byte) &- UInt8(ascii: "a") < 26 }

    package static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    package static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- UInt8(ascii: "0") }
        let letter = lower(byte) &- UInt8(ascii: "a")
        return letter < 6 ? letter &+ 10 : nil
    }

    /// Whether it is something that can be seen, without white space.
    package static func isVisible(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count > 0 && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// What stands before the first such byte, and what stands behind it.
    @inline(never)
    package static func split(
        _ text: UnsafeRawBufferPointer, at byte: UInt8
    ) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer) {
        let end = text.firstIndex(of: byte) ?? text.count
        return (
            UnsafeRawBufferPointer(rebasing: text[..<end]),
            UnsafeRawBufferPointer(rebasing: text[min(end + 1, text.count)...])
        )
    }

    /// The bytes without the white space around them.
    @inline(never)
    package static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var low = 0
        var high = bytes.count
        while low < high, isSpace(bytes[low]) { low += 1 }
        while high > low, isSpace(bytes[high - 1]) { high -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[low..<high])
    }

    /// A whole number without a sign; nil when it is none or does not fit.
    package static func number(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard bytes.count > 0 else { return nil }
        var value: Int64 = 0
        for byte in bytes {
            guard isDigit(byte) else { return nil }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int64(byte &- UInt8(ascii: "0")))
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    package static func equal(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count where bytes[index] != text.utf8Start[index] { return false }
        return true
    }

    /// Compares without regard to case, as header names want it. `text` is in lower case.
    package static func equalIgnoringCase(
        _ bytes: UnsafeRawBufferPointer, _ text: StaticString
    ) -> Bool {
        bytes.count == text.utf8CodeUnitCount && hasPrefixIgnoringCase(bytes, text)
    }

    @inline(never)
    package static func hasPrefixIgnoringCase(
        _ bytes: UnsafeRawBufferPointer, _ prefix: StaticString
    ) -> Bool {
        let count = prefix.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        for index in 0..<count where lower(bytes[index]) != prefix.utf8Start[index] { return false }
        return true
    }
}
