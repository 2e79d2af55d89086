// SPDX-License-Identifier: Apache-2.0

/// Checks JSON text in one pass over the caller's bytes, without building anything.
///
/// It is strict RFC 8259: UTF-8 is checked, surrogate escapes must come in pairs, and nesting ends
/// at `depthLimit`. Nesting is kept in a bit stack and not in recursion, so no input can exhaust
/// the host's stack. Numbers are of any size: the text is sent on and not converted.
package struct JSONScanner {
    package static let depthLimit = 512

    private let start: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    package var at: UnsafePointer<UInt8>
    private var stops: JSONStops
    private let depthLimit: Int

    package init(_ text: UnsafeRawBufferPointer, depthLimit: Int = JSONScanner.depthLimit) {
        let base = text.baseAddress ?? UnsafeRawPointer(StaticString("").utf8Start)
        start = base.assumingMemoryBound(to: UInt8.self)
        end = start + text.count
        at = start
        stops = JSONStops(start, end)
        self.depthLimit = min(depthLimit, JSONScanner.depthLimit)
    }

    /// Accepts exactly one JSON object, with white space around it.
    package static func checkObject(_ text: UnsafeRawBufferPointer) throws(JSONFault) {
        var scanner = JSONScanner(text)
        scanner.skipSpace()
        guard scanner.peek == UInt8(ascii: "{") else { throw scanner.fault("a JSON object, '{'") }
        try scanner.skipValue()
        try scanner.finish()
    }

    package var offset: Int { at - start }

    package var peek: UInt8? { at < end ? at.pointee : nil }

    package func fault(_ expected: StaticString) -> JSONFault {
        JSONFault(offset: at - start, expected: expected)
    }

    /// Nothing but white space may follow.
    package mutating func finish() throws(JSONFault) {
        skipSpace()
        if at < end { throw fault("the end of the text") }
    }

    @inline(__always)
    package mutating func skipSpace() {
        while at < end, at.pointee <= 0x20 {
            switch at.pointee {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    /// Steps over `byte`, and says whether it was there.
    @inline(__always)
    package mutating func take(_ byte: UInt8) -> Bool {
        guard at < end, at.pointee == byte else { return false }
        at += 1
        return true
    }

    /// Steps over one value of any type. White space before it is allowed.
    ///
    /// For speed in a library made for size: 1.3 KB more, and an object takes 4 % less time.
    @_optimize(speed)
    package mutating func skipValue() throws(JSONFault) {
        var nesting = JSONNesting()
        while true {
            skipSpace()
            guard at < end else { throw fault("a value") }
            switch at.pointee {
            case UInt8(ascii: "{"):
                try enter(nesting)
                if take(UInt8(ascii: "}")) { break }
                nesting.push(.object)
                try skipName()
                continue
            case UInt8(ascii: "["):
                try enter(nesting)
                if take(UInt8(ascii: "]")) { break }
                nesting.push(.array)
                continue
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "t"): try skipLiteral("true")
            case UInt8(ascii: "f"): try skipLiteral("false")
            case UInt8(ascii: "n"): try skipLiteral("null")
            default: try skipNumber()
            }
            if try closed(&nesting) { return }
        }
    }

    /// After a value: closes what ends here, and says whether the outermost value did. Otherwise
    /// the next thing is a value again.
    @inline(__always)
    private mutating func closed(_ nesting: inout JSONNesting) throws(JSONFault) -> Bool {
        while nesting.depth > 0 {
            skipSpace()
            if take(UInt8(ascii: ",")) {
                if nesting.innermost == .object {
                    skipSpace()
                    try skipName()
                }
                return false
            }
            switch nesting.innermost {
            case .object:
                guard take(UInt8(ascii: "}")) else { throw fault("',' or '}'") }
            case .array:
                guard take(UInt8(ascii: "]")) else { throw fault("',' or ']'") }
            }
            nesting.pop()
        }
        return true
    }

    /// Steps over the bracket that opens a container.
    @inline(__always)
    private mutating func enter(_ nesting: borrowing JSONNesting) throws(JSONFault) {
        guard nesting.depth < depthLimit else { throw fault("less nesting") }
        at += 1
        skipSpace()
    }

    /// A member's name and the colon behind it.
    @inline(__always)
    private mutating func skipName() throws(JSONFault) {
        guard at < end, at.pointee == UInt8(ascii: "\"") else {
            throw fault("a member name in '\"'")
        }
        try skipString()
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw fault("':'") }
    }

    /// The same for a reader that wants the name: its bytes, escapes and all.
    package mutating func name() throws(JSONFault) -> UnsafeRawBufferPointer {
        skipSpace()
        let first = at + 1
        try skipName()
        var last = at - 1
        while last.pointee != UInt8(ascii: "\"") { last -= 1 }
        return UnsafeRawBufferPointer(start: first, count: last - first)
    }

    private mutating func skipLiteral(_ word: StaticString) throws(JSONFault) {
        let count = word.utf8CodeUnitCount
        guard end - at >= count else { throw fault("a value") }
        for index in 0..<count where at[index] != word.utf8Start[index] { throw fault("a value") }
        at += count
    }

    private mutating func skipNumber() throws(JSONFault) {
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
}

extension JSONScanner {
    /// Steps over a string; `at` stands on its opening quote.
    @inline(__always)
    package mutating func skipString() throws(JSONFault) {
        at += 1
        while true {
            at = stops.next(from: at)
            guard at < end else { throw fault("'\"' to end the string") }
            let byte = at.pointee
            if byte == UInt8(ascii: "\"") {
                at += 1
                return
            }
            if byte == UInt8(ascii: "\\") {
                try skipEscape()
            } else if byte >= 0x80 {
                try skipMultibyte()
            } else {
                throw fault("an escape for the control character")
            }
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
    package mutating func hexUnit() throws(JSONFault) -> UInt16 {
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

    private mutating func skipMultibyte() throws(JSONFault) {
        let length = UTF8Check.sequenceLength(at, end)
        guard length > 0 else { throw fault("valid UTF-8") }
        at += length
    }
}
