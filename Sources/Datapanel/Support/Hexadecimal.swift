// SPDX-License-Identifier: Apache-2.0

/// Numbers as 16 hexadecimal digits, small letters among them.
package enum Hexadecimal {
    package static func text(_ number: UInt64) -> Text {
        var text = TextBuilder()
        append(number, to: &text)
        return text.finish()
    }

    static func append(_ number: UInt64, to text: inout TextBuilder) {
        for shift in stride(from: 60, through: 0, by: -4) {
            text.append(digit(UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 15))
        }
    }

    /// nil for any other text.
    package static func number(_ text: UnsafeRawBufferPointer) -> UInt64? {
        guard text.count == 16 else { return nil }
        var number: UInt64 = 0
        for byte in text {
            guard let value = ASCII.hexValue(byte), digit(value) == byte else { return nil }
            number = number << 4 | UInt64(value)
        }
        return number
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
