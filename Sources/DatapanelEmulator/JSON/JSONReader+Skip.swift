// SPDX-License-Identifier: Apache-2.0

/// Checking without reading: the way nearly every byte of a request goes.
extension JSONReader {
    /// Steps over one value of any kind and any depth, checking all of it.
    ///
    /// No recursion: the open brackets are kept in an array, so that no input can use up the stack.
    mutating func skip() throws(JSONError) {
        var closers: [UInt8] = []
        while true {
            switch kind() {
            case .object:
                position += 1
                if !take("}") {
                    try open(UInt8(ascii: "}"), &closers)
                    try skipName()
                    continue
                }
            case .array:
                position += 1
                if !take("]") {
                    try open(UInt8(ascii: "]"), &closers)
                    continue
                }
            case .string: _ = try skipString()
            case .number: try skipNumber()
            case .boolean: try skipWord(peek == UInt8(ascii: "t") ? "true" : "false")
            case .null: try skipWord("null")
            case nil: throw error("expected a value")
            }
            guard try closeOrContinue(&closers) else { return }
        }
    }

    /// Behind a value: closes what ends here. True when another value follows.
    private mutating func closeOrContinue(_ closers: inout [UInt8]) throws(JSONError) -> Bool {
        while let closer = closers.last {
            skipWhitespace()
            switch peek {
            case UInt8(ascii: ","):
                position += 1
                if closer == UInt8(ascii: "}") { try skipName() }
                return true
            case closer:
                position += 1
                closers.removeLast()
            default:
                throw error(
                    closer == UInt8(ascii: "}") ? "expected ',' or '}'" : "expected ',' or ']'")
            }
        }
        return false
    }

    private func open(_ closer: UInt8, _ closers: inout [UInt8]) throws(JSONError) {
        guard closers.count < Self.depthLimit else {
            throw error("nested deeper than \(Self.depthLimit) levels")
        }
        closers.append(closer)
    }

    private mutating func skipName() throws(JSONError) {
        skipWhitespace()
        guard peek == UInt8(ascii: "\"") else { throw error("expected a member name") }
        _ = try skipString()
        try expect(":", "':'")
    }

    mutating func skipWord(_ word: StaticString) throws(JSONError) {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw error("expected \(word)") }
        position += word.utf8CodeUnitCount
    }

    mutating func skipNumber() throws(JSONError) {
        if peek == UInt8(ascii: "-") { position += 1 }
        if peek == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        if peek == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        guard position > start else { throw error("expected a digit") }
    }
}
