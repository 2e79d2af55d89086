// SPDX-License-Identifier: Apache-2.0

/// Reads JSON text (RFC 8259, UTF-8) from front to back, and builds nothing that is not asked for.
///
/// What the caller skips is checked as strictly as what it reads. The emulator has a reader of its
/// own on purpose: it judges the bytes that the library writes, so it shares no code with it.
struct JSONReader {
    /// Deep enough for any object the service could take, and a bound on what a request can cost.
    static let depthLimit = 1024

    enum Kind: Equatable {
        case object, array, string, number, boolean, null
    }

    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// What the value that starts here looks like; nil where no value can start.
    mutating func kind() -> Kind? {
        skipWhitespace()
        guard let byte = peek else { return nil }
        switch byte {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        default: return nil
        }
    }

    /// Reads an object, member by member; `member` must read or skip exactly the value.
    mutating func object(
        _ member: (inout JSONReader, _ name: String) throws(JSONError) -> Void
    ) throws(JSONError) {
        try expect("{", "an object")
        if take("}") { return }
        repeat {
            let name = try string("a member name")
            try expect(":", "':'")
            try member(&self, name)
        } while take(",")
        try expect("}", "',' or '}'")
    }

    /// Reads an array, element by element; `element` must read or skip exactly the value.
    ///
    /// It is called right behind the bracket or comma, with the white space still ahead.
    mutating func array(
        _ element: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try expect("[", "an array")
        let first = position
        if take("]") { return }
        position = first
        repeat { try element(&self) } while take(",")
        try expect("]", "',' or ']'")
    }

    /// Reads a string and undoes its escapes.
    mutating func string(_ expected: String = "a string") throws(JSONError) -> String {
        skipWhitespace()
        guard peek == UInt8(ascii: "\"") else { throw error("expected \(expected)") }
        let start = position + 1
        let hasEscapes = try skipString()
        let content = bytes[start..<(position - 1)]
        return hasEscapes ? Self.unescaped(content) : String(decoding: content, as: UTF8.self)
    }

    mutating func integer() throws(JSONError) -> Int {
        guard kind() == .number else { throw error("expected an integer") }
        let start = position
        try skipNumber()
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw JSONError(offset: start, reason: "expected an integer")
        }
        return value
    }

    mutating func boolean() throws(JSONError) -> Bool {
        guard kind() == .boolean else { throw error("expected true or false") }
        let value = peek == UInt8(ascii: "t")
        try skipWord(value ? "true" : "false")
        return value
    }

    /// Makes sure that nothing but white space follows.
    mutating func end() throws(JSONError) {
        skipWhitespace()
        guard position == bytes.count else { throw error("expected the end of the text") }
    }

    // MARK: One byte at a time

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Steps over `mark`, if it comes next.
    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipWhitespace()
        guard peek == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ mark: Unicode.Scalar, _ expected: String) throws(JSONError) {
        guard take(mark) else { throw error("expected \(expected)") }
    }

    func error(_ reason: String) -> JSONError {
        JSONError(
            offset: position, reason: position < bytes.count ? reason : "\(reason), not the end")
    }
}
