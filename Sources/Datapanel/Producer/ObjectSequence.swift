// SPDX-License-Identifier: Apache-2.0

/// Objects that come in one text: a JSON array of them, or one after the other with white space
/// between.
struct ObjectSequence {
    private var scanner: JSONScanner
    private let text: UnsafeRawBufferPointer
    private var place = Place.start

    private enum Place {
        case start, inArray, afterFirst, between, end
    }

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
        scanner = JSONScanner(text)
    }

    /// The next object; nil at the end.
    mutating func next() throws(JSONFault) -> UnsafeRawBufferPointer? {
        scanner.skipSpace()
        if place == .start {
            place = scanner.take(UInt8(ascii: "[")) ? .inArray : .between
            scanner.skipSpace()
        }
        switch place {
        case .end:
            return nil
        case .inArray:
            if scanner.take(UInt8(ascii: "]")) { return try end() }
            place = .afterFirst
        case .afterFirst:
            if scanner.take(UInt8(ascii: "]")) { return try end() }
            guard scanner.take(UInt8(ascii: ",")) else { throw scanner.fault("',' or ']'") }
            scanner.skipSpace()
        case .start, .between:
            if scanner.peek == nil { return nil }
        }
        guard scanner.peek == UInt8(ascii: "{") else { throw scanner.fault("a JSON object, '{'") }
        let start = scanner.offset
        try scanner.skipValue()
        return UnsafeRawBufferPointer(rebasing: text[start..<scanner.offset])
    }

    private mutating func end() throws(JSONFault) -> UnsafeRawBufferPointer? {
        place = .end
        try scanner.finish()
        return nil
    }
}
