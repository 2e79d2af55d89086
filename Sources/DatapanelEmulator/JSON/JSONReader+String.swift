// SPDX-License-Identifier: Apache-2.0

extension JSONReader {
    /// Steps over a string, checking its escapes and its UTF-8. True when it has escapes.
    mutating func skipString() throws(JSONError) -> Bool {
        var hasEscapes = false
        position += 1
        while true {
            skipPlainText()
            guard let byte = peek else { throw error("expected '\"'") }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case 0x00..<0x20:
                throw error("a control character must be escaped")
            case 0x80...:
                try skipMultibyte()
            default:
                position += 1
            }
        }
    }

    /// Eight bytes at a time, up to the first word with something special in it.
    private mutating func skipPlainText() {
        position = bytes.withUnsafeBytes { text in
            var position = position
            while text.count - position >= 8 {
                let word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                guard Self.isPlain(word) else { break }
                position += 8
            }
            return position
        }
    }

    /// Whether no byte is a quote, a backslash, a control character or beyond ASCII.
    ///
    /// Subtracting sets the top bit of each byte that was smaller. A borrow can set one too many,
    /// which only means that those eight bytes are looked at one by one.
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let special = (quotes &- ones) | (backslashes &- ones) | (word &- ones &* 0x20) | word
        return special & (ones &* 0x80) == 0
    }

    private mutating func skipEscape() throws(JSONError) {
        position += 1
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            let start = position - 1
            let unit = try skipHexadecimal()
            guard 0xD800...0xDFFF ~= unit else { return }
            guard unit < 0xDC00, bytes[position...].starts(with: #"\u"#.utf8) else {
                throw JSONError(offset: start, reason: "half of a surrogate pair")
            }
            position += 1
            guard 0xDC00...0xDFFF ~= (try skipHexadecimal()) else {
                throw JSONError(offset: start, reason: "half of a surrogate pair")
            }
        default:
            throw error("unknown escape")
        }
    }

    private mutating func skipHexadecimal() throws(JSONError) -> UInt32 {
        position += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = hexadecimalDigit(byte) else {
                throw error("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// One character beyond ASCII, as table 3-7 of the Unicode standard allows it.
    private mutating func skipMultibyte() throws(JSONError) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch bytes[position] {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xE1...0xEC, 0xEE...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: throw error("not UTF-8")
        }
        guard bytes.count - position >= length, second ~= bytes[position + 1],
            bytes[(position + 2)..<(position + length)].allSatisfy({ 0x80...0xBF ~= $0 })
        else { throw error("not UTF-8") }
        position += length
    }

    /// The text of a string that `skipString` has accepted.
    static func unescaped(_ content: ArraySlice<UInt8>) -> String {
        var units: [UInt16] = []
        var rest = content
        while let escape = rest.firstIndex(of: UInt8(ascii: "\\")) {
            units += String(decoding: rest[..<escape], as: UTF8.self).utf16
            let letter = rest[escape + 1]
            rest = rest[(escape + 2)...]
            switch letter {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                units.append(
                    rest.prefix(4).reduce(0) { $0 << 4 | UInt16(hexadecimalDigit($1) ?? 0) })
                rest = rest.dropFirst(4)
            default: units.append(UInt16(letter))
            }
        }
        units += String(decoding: rest, as: UTF8.self).utf16
        return String(decoding: units, as: UTF16.self)
    }
}

/// The value of a hexadecimal digit.
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
