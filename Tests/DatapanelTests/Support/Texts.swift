// SPDX-License-Identifier: Apache-2.0
import Datapanel
import Testing

/// Runs a body on the bytes of a text, as the engine sees its input.
func withBytes<Value>(
    _ text: String, _ body: (UnsafeRawBufferPointer) throws -> Value
) rethrows -> Value {
    try withBytes(Array(text.utf8), body)
}

/// The bytes stand alone in memory of just their size, so that a sanitizer sees a look beyond.
func withBytes<Value>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Value
) rethrows -> Value {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    return try body(UnsafeRawBufferPointer(memory))
}

/// The error that a body throws; records an issue when it throws none.
func failure(
    _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) -> DatapanelError? {
    do {
        try body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
        return nil
    } catch let error as DatapanelError {
        return error
    } catch {
        Issue.record("another error: \(error)", sourceLocation: sourceLocation)
        return nil
    }
}

func string(_ pointer: UnsafePointer<CChar>?) -> String? {
    pointer.map { String(cString: $0) }
}

/// As `withBytes` of a `String`.
func withBytes<Value>(
    _ text: Text, _ body: (UnsafeRawBufferPointer) throws -> Value
) rethrows -> Value {
    try withBytes(Array(text.bytes), body)
}

/// The engine's texts, to be looked at as Swift's.
extension Text {
    func contains(_ part: String) -> Bool { description.contains(part) }

    func hasPrefix(_ part: String) -> Bool { description.hasPrefix(part) }

    func hasSuffix(_ part: String) -> Bool { description.hasSuffix(part) }

    static func == (text: Text, string: String) -> Bool { text.description == string }
}

func == (text: Text?, string: String) -> Bool { text?.description == string }

extension TextBuilder {
    mutating func appendInterpolation(_ text: String) {
        withBytes(text) { append($0) }
    }
}
