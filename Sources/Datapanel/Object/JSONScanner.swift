// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Checks JSON text in one pass over the caller's bytes, without building anything.
///
/// It is strict RFC 8259: UTF-8 is checked, surrogate escapes must come in pairs, and nesting ends
/// at `depthLimit`. Nesting is kept in a bit stack and not in recursion, so no input can exhaust
/// the host's stack. Numbers are of any size: the text is sent on and not converted.
///
/// Brackets, names and strings are stepped over here, all else by `JSONCursor`.
package struct JSONScanner {
    package static let depthLimit = 512

    private let start: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private var at: UnsafePointer<UInt8>
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

    package mutating func skipSpace() {
        _ = nextByte()
    }

    /// Steps over white space, and says what is behind it: 0 at the end of the text, where no byte
    /// of JSON is one.
    @inline(__always)
    private mutating func nextByte() -> UInt8 {
        if at < end, at.pointee > 0x20 { return at.pointee }
        // One blank behind a colon or a comma is what many writers put there.
        if end - at > 1, at[0] == 0x20, at[1] > 0x20 {
            at += 1
            return at.pointee
        }
        at = Self.behindSpace(at, end)
        return at < end ? at.pointee : 0
    }

    @inline(never)
    private static func behindSpace(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        var at = start
        while at < end {
            switch at.pointee {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return at
            }
        }
        return at
    }

    /// Steps over `byte`, and says whether it was there.
    @inline(__always)
    package mutating func take(_ byte: UInt8) -> Bool {
        guard at < end, at.pointee == byte else { return false }
        at += 1
        return true
    }

    /// Steps over `text`, and says whether it was there.
    @inline(__always)
    package mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard end - at >= count, memcmp(at, text.utf8Start, count) == 0 else { return false }
        at += count
        return true
    }

    /// Steps over what is left of a string, to its closing quote, and tells where that began; nil
    /// for one that is empty or has more than plain text.
    @inline(__always)
    package mutating func skipPlain() -> Int? {
        let first = at
        let stop = stops.next(from: at)
        guard stop > first, stop < end, stop.pointee == UInt8(ascii: "\"") else { return nil }
        at = stop
        return first - start
    }

    /// Steps over one value of any type. White space before it is allowed.
    ///
    /// For speed in a library made for size.
    @_optimize(speed)
    package mutating func skipValue() throws(JSONFault) {
        // Nobody else sees the copy, so the compiler keeps it in registers.
        var scanner = self
        defer { self = scanner }
        try scanner.walk()
    }

    @inline(__always)
    private mutating func walk() throws(JSONFault) {
        var nesting = JSONNesting()
        while true {
            var byte = nextByte()
            if nesting.isInObject {
                try skipName(byte)
                byte = nextByte()
            }
            switch byte {
            case UInt8(ascii: "{"):
                if try opens(&nesting, isObject: true) { continue }
            case UInt8(ascii: "["):
                if try opens(&nesting, isObject: false) { continue }
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "t"): try step { cursor throws(JSONFault) in try cursor.skip("true") }
            case UInt8(ascii: "f"):
                try step { cursor throws(JSONFault) in try cursor.skip("false") }
            case UInt8(ascii: "n"): try step { cursor throws(JSONFault) in try cursor.skip("null") }
            default: try step { cursor throws(JSONFault) in try cursor.skipNumber() }
            }
            if try closes(&nesting) { return }
        }
    }

    /// Steps into a container, and over one with nothing in it; says whether there is something.
    @inline(__always)
    private mutating func opens(
        _ nesting: inout JSONNesting, isObject: Bool
    ) throws(JSONFault) -> Bool {
        guard nesting.depth < depthLimit else { throw fault("less nesting") }
        at += 1
        if nextByte() == Self.closer(isObject) {
            at += 1
            return false
        }
        nesting.push(isObject: isObject)
        return true
    }

    /// After a value: closes what ends here, and says whether the outermost value did. Otherwise
    /// the next thing is a value again, in an object with its name.
    @inline(__always)
    private mutating func closes(_ nesting: inout JSONNesting) throws(JSONFault) -> Bool {
        while nesting.depth > 0 {
            let byte = nextByte()
            if byte == UInt8(ascii: ",") {
                at += 1
                return false
            }
            guard byte == Self.closer(nesting.isInObject) else {
                throw fault(nesting.isInObject ? "',' or '}'" : "',' or ']'")
            }
            at += 1
            nesting.pop()
        }
        return true
    }

    @inline(__always)
    private static func closer(_ isObject: Bool) -> UInt8 {
        isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
    }

    /// A member's name, which `first` begins, and the colon behind it.
    @inline(__always)
    private mutating func skipName(_ first: UInt8) throws(JSONFault) {
        guard first == UInt8(ascii: "\"") else { throw fault("a member name in '\"'") }
        try skipString()
        guard nextByte() == UInt8(ascii: ":") else { throw fault("':'") }
        at += 1
    }

    /// The same for a reader that wants the name: its bytes, escapes and all.
    package mutating func name() throws(JSONFault) -> UnsafeRawBufferPointer {
        let byte = nextByte()
        let first = at + 1
        try skipName(byte)
        var last = at - 1
        while last.pointee != UInt8(ascii: "\"") { last -= 1 }
        return UnsafeRawBufferPointer(start: first, count: last - first)
    }

    /// Steps over a string; `at` stands on its opening quote.
    @inline(__always)
    package mutating func skipString() throws(JSONFault) {
        at += 1
        while true {
            at = stops.next(from: at)
            guard at < end else { throw fault("'\"' to end the string") }
            if at.pointee == UInt8(ascii: "\"") {
                at += 1
                return
            }
            try step { cursor throws(JSONFault) in try cursor.skipStop() }
        }
    }

    /// Goes on where a cursor of its own ends: one that is handed on has to be in memory.
    @inline(__always)
    private mutating func step(
        _ body: (inout JSONCursor) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        var cursor = JSONCursor(start: start, end: end, at: at)
        try body(&cursor)
        at = cursor.at
    }
}
