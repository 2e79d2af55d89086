// SPDX-License-Identifier: Apache-2.0
import CPosix

/// An immutable C string of any length, shared by reference. A secret one is wiped when its last
/// owner lets go.
///
/// Messages are texts, too, and written as literals: `"\(name) is NULL"`. Swift's `String` would
/// cost a KiB or more of code for each of them, and end the host process where there is no memory
/// for its bytes; such a text just ends early.
package final class Text: @unchecked Sendable {
    package let pointer: UnsafePointer<CChar>
    package let count: Int
    private let origin: Origin

    private enum Origin {
        case constant, allocated, secret
    }

    package init(_ bytes: UnsafeRawBufferPointer, secret: Bool = false) throws(DatapanelError) {
        let (size, overflow) = bytes.count.addingReportingOverflow(1)
        guard !overflow, let memory = malloc(size) else { throw .noMemory("a text") }
        if let source = bytes.baseAddress { memcpy(memory, source, bytes.count) }
        memory.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
        pointer = UnsafePointer(memory.assumingMemoryBound(to: CChar.self))
        count = bytes.count
        origin = secret ? .secret : .allocated
    }

    /// Takes the memory over.
    init(adopting text: OwnedText) {
        pointer = UnsafePointer(text.pointer)
        count = text.count
        origin = .allocated
    }

    @inline(never)
    private init(constant: UnsafePointer<UInt8>, count: Int) {
        pointer = UnsafeRawPointer(constant).assumingMemoryBound(to: CChar.self)
        self.count = count
        origin = .constant
    }

    deinit {
        if origin == .constant { return }
        let memory = UnsafeMutableRawPointer(mutating: pointer)
        if origin == .secret { explicit_bzero(memory, count) }
        free(memory)
    }

    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let start = other.baseAddress else { return false }
        return memcmp(pointer, start, count) == 0
    }

    func contains(_ part: UnsafeRawBufferPointer) -> Bool {
        dpx_contains(pointer, count, part.baseAddress, part.count) != 0
    }

    /// A copy that its taker releases.
    func owned() throws(DatapanelError) -> OwnedText {
        var copy = Bytes()
        try copy.append(bytes)
        return try copy.take()
    }

    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pointer, count: count)
    }
}

extension Text: ExpressibleByStringInterpolation {
    @inline(__always)
    package convenience init(stringLiteral text: StaticString) {
        self.init(constant: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    @inline(never)
    package convenience init(stringInterpolation parts: TextBuilder) {
        if let text = parts.take() {
            self.init(adopting: text)
        } else {
            self.init(stringLiteral: "out of memory for a message")
        }
    }
}

extension Text: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
