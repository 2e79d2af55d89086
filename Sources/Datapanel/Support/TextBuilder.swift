// SPDX-License-Identifier: Apache-2.0

/// A text under construction, piece by piece. It never fails: without memory for more it stays as
/// it is.
///
/// No piece is inlined, so that a message costs its caller a call for each.
package final class TextBuilder: StringInterpolationProtocol {
    private var bytes = Bytes()
    private var isCut = false

    @inline(never)
    package init() {}

    @inline(__always)
    package convenience init(literalCapacity: Int, interpolationCount: Int) {
        self.init()
    }

    package var count: Int { bytes.count }

    package var text: Text { Text(stringInterpolation: self) }

    @inline(__always)
    package func appendLiteral(_ text: StaticString) {
        // The compiler puts empty ones between two interpolations.
        if text.utf8CodeUnitCount > 0 { appendInterpolation(text) }
    }

    @inline(__always)
    package func appendInterpolation(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    package func appendInterpolation(_ number: some SignedInteger & FixedWidthInteger) {
        append(number: Int64(truncatingIfNeeded: number))
    }

    @inline(never)
    package func appendInterpolation(_ text: Text) {
        append(text.bytes)
    }

    package func append(_ text: Text) {
        appendInterpolation(text)
    }

    @inline(never)
    package func append(_ more: UnsafeRawBufferPointer) {
        guard hasRoom(for: more.count) else { return }
        try? bytes.append(more)
    }

    @inline(never)
    package func append(_ byte: UInt8) {
        guard hasRoom(for: 1) else { return }
        try? bytes.append(byte)
    }

    @inline(never)
    private func append(number: Int64) {
        guard hasRoom(for: Bytes.numberLimit) else { return }
        try? bytes.append(number: number)
    }

    /// What was built, as a C string; nil when there is no memory even for its end.
    func take() -> OwnedText? {
        bytes.makeRoom(for: 1) ? try? bytes.take() : nil
    }

    private func hasRoom(for count: Int) -> Bool {
        if !isCut { isCut = !bytes.makeRoom(for: count) }
        return !isCut
    }
}
