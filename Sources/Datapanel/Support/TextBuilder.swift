// SPDX-License-Identifier: Apache-2.0

/// A text under construction, piece by piece. It never fails: without memory for more it stays as
/// it is. Copies are the same text.
///
/// No piece is inlined, so that a message costs its caller a call for each.
package struct TextBuilder: StringInterpolationProtocol {
    private let content: Content

    private final class Content {
        var bytes = Bytes()
        var isCut = false

        @inline(never)
        init() {}

        @inline(never)
        func append(_ start: UnsafeRawPointer?, _ count: Int) {
            guard hasRoom(for: count) else { return }
            try? bytes.append(UnsafeRawBufferPointer(start: start, count: count))
        }

        @inline(never)
        func append(_ text: Text) {
            append(text.pointer, text.count)
        }

        @inline(never)
        func append(_ byte: UInt8) {
            guard hasRoom(for: 1) else { return }
            try? bytes.append(byte)
        }

        @inline(never)
        func append(number: Int64) {
            guard hasRoom(for: Bytes.numberLimit) else { return }
            try? bytes.append(number: number)
        }

        private func hasRoom(for count: Int) -> Bool {
            if !isCut { isCut = !bytes.makeRoom(for: count) }
            return !isCut
        }
    }

    @inline(never)
    package init() {
        content = Content()
    }

    @inline(__always)
    package init(literalCapacity: Int, interpolationCount: Int) {
        self.init()
    }

    package var count: Int { content.bytes.count }

    @inline(__always)
    package mutating func appendLiteral(_ text: StaticString) {
        // The compiler puts empty ones between two interpolations.
        if text.utf8CodeUnitCount > 0 { appendInterpolation(text) }
    }

    @inline(__always)
    package mutating func appendInterpolation(_ text: StaticString) {
        content.append(text.utf8Start, text.utf8CodeUnitCount)
    }

    @inline(__always)
    package mutating func appendInterpolation(_ number: some SignedInteger & FixedWidthInteger) {
        content.append(number: Int64(truncatingIfNeeded: number))
    }

    @inline(__always)
    package mutating func appendInterpolation(_ text: Text) {
        content.append(text)
    }

    @inline(__always)
    package mutating func append(_ text: Text) {
        content.append(text)
    }

    @inline(__always)
    package mutating func append(_ more: UnsafeRawBufferPointer) {
        content.append(more.baseAddress, more.count)
    }

    @inline(__always)
    package mutating func append(_ byte: UInt8) {
        content.append(byte)
    }

    /// What was built, for what must not end early, such as the name of a file.
    @inline(never)
    package consuming func whole() throws(DatapanelError) -> Text {
        if content.isCut { throw .noMemory("a text") }
        return Text(adopting: try content.bytes.take())
    }

    /// What was built; the builder is empty again.
    @inline(never)
    package consuming func finish() -> Text {
        // Without memory even for the end of it:
        guard content.bytes.makeRoom(for: 1), let text = try? content.bytes.take() else {
            return "out of memory for a message"
        }
        return Text(adopting: text)
    }
}
