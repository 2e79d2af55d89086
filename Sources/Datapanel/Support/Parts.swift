// SPDX-License-Identifier: Apache-2.0

/// The parts of a text with a byte between them, one after the other; empty ones are left out.
package struct Parts: Sequence, IteratorProtocol {
    private var rest: UnsafeRawBufferPointer
    private let separator: UInt8

    package init(_ text: UnsafeRawBufferPointer, separator: UInt8) {
        rest = text
        self.separator = separator
    }

    @inline(never)
    package mutating func next() -> UnsafeRawBufferPointer? {
        while rest.count > 0 {
            let (part, behind) = ASCII.split(rest, at: separator)
            rest = behind
            if part.count > 0 { return part }
        }
        return nil
    }
}
