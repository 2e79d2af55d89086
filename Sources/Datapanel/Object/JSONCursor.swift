// SPDX-License-Identifier: Apache-2.0

/// A place in a JSON text, and the steps from there over numbers, words and what inside a string
/// is not plain text.
struct JSONCursor {
    let start: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    private(set) var at: UnsafePointer<UInt8>

    init(start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, at: UnsafePointer<UInt8>) {
        self.start = start
        self.end = end
        self.at = at
    }

    private func fault(_ expected: StaticString) -> JSONFault {
        JSONFault(offset: at - start, expected: expected)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < end, at.pointee == byte else { return false }
        at += 1
        return true
    }

    mutating func skip(_ word: StaticString) throws(JSONFault) {
        let count = word.utf8CodeUnitCount
        guard end - at >= count else { throw fault("a value") }
        for index in 0..<count where at[index] != word.utf8Start[index] { throw fault("a value") }
        at += count
    }

    mutating func skipNumber() throws(JSONFault) {
        let hasSign = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard skipDigits() else { throw fault(hasSign ? "a digit" : "a value") }
        }
        if take(UInt8(ascii: ".")) {
            guard skipDigits() else { throw fault("a digit") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() else { throw fault("a digit") }
        }
    }

    private mutating func skipDigits() -> Bool {
        let first = at
        while at < end, at.pointee &- UInt8(ascii: "0") <= 9 { at += 1 }
        return at > first
    }

    /// What `JSONStops` stops at, but for the quote.
    mutating func skipStop() throws(JSONFault) {
        if at.pointee == UInt8(ascii: "\\") {
            try skipEscape()
        } else if at.pointee >= 0x80 {
            let length = UTF8Check.sequenceLength(at, end)
            guard length > 0 else { throw fault("valid UTF-8") }
            at += length
        } else {
            throw fault("an escape for the control character")
        }
    }

    private mutating func skipEscape() throws(JSONFault) {
        at += 1
        guard at < end else { throw fault("a character to escape") }
        switch at.pointee {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 1
        case UInt8(ascii: "u"):
            at += 1
            let unit = try hexUnit()
            if unit & 0xFC00 == 0xDC00 {
                at -= 6
                throw fault("a high surrogate before the low one")
            }
            guard unit & 0xFC00 == 0xD800 else { return }
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")),
                try hexUnit() & 0xFC00 == 0xDC00
            else { throw fault("a low surrogate after the high one") }
        default:
            throw fault("one of \"\\/bfnrtu after the backslash")
        }
    }

    /// Four hexadecimal digits.
    private mutating func hexUnit() throws(JSONFault) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard at < end, let digit = ASCII.hexValue(at.pointee) else {
                throw fault("a hexadecimal digit")
            }
            unit = unit << 4 | UInt16(digit)
            at += 1
        }
        return unit
    }
}
