// SPDX-License-Identifier: Apache-2.0
import CPosix

/// An immutable C string of any length, shared by reference. A secret one is wiped when its last
/// owner lets go.
///
/// Messages are texts, too, and written as literals: `"\(name) is NULL"`. Swift's `String` would
/// cost a KiB or more of code for each of them, and end the host process where there is no memory
/// for its bytes; such a text just ends early.
package struct Text: Sendable {
    private let storage: Storage

    /// A struct around it lets a message be made by one call that gives the whole text.
    private final class Storage: @unchecked Sendable {
        let pointer: UnsafePointer<CChar>
        let count: Int
        let origin: Origin

        init(_ pointer: UnsafePointer<CChar>, _ count: Int, _ origin: Origin) {
            self.pointer = pointer
            self.count = count
            self.origin = origin
        }

        deinit {
            if origin == .constant { return }
            let memory = UnsafeMutableRawPointer(mutating: pointer)
            if origin == .secret { explicit_bzero(memory, count) }
            free(memory)
        }
    }

    private enum Origin {
        case constant, allocated, secret
    }

    @inline(never)
    private init(_ pointer: UnsafePointer<CChar>, _ count: Int, _ origin: Origin) {
        storage = Storage(pointer, count, origin)
    }

    @inline(__always)
    package init(_ bytes: UnsafeRawBufferPointer) throws(DatapanelError) {
        try self.init(bytes, secret: false)
    }

    @inline(never)
    package init(_ bytes: UnsafeRawBufferPointer, secret: Bool) throws(DatapanelError) {
        let (size, overflow) = bytes.count.addingReportingOverflow(1)
        guard !overflow, let memory = malloc(size) else { throw .noMemory("a text") }
        if let source = bytes.baseAddress { memcpy(memory, source, bytes.count) }
        memory.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
        self.init(
            UnsafePointer(memory.assumingMemoryBound(to: CChar.self)), bytes.count,
            secret ? .secret : .allocated)
    }

    /// Takes the memory over.
    init(adopting text: OwnedText) {
        self.init(UnsafePointer(text.pointer), text.count, .allocated)
    }

    @inline(never)
    private init(constant: UnsafePointer<UInt8>, count: Int) {
        let pointer = UnsafeRawPointer(constant).assumingMemoryBound(to: CChar.self)
        self.init(pointer, count, .constant)
    }

    package var pointer: UnsafePointer<CChar> { storage.pointer }

    package var count: Int { storage.count }

    /// What tells it from other texts that are alike.
    fileprivate var identity: ObjectIdentifier { ObjectIdentifier(storage) }

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

/// Whether both are one text, not only alike.
package func === (one: Text?, other: Text?) -> Bool { one?.identity == other?.identity }

package func !== (one: Text?, other: Text?) -> Bool { !(one === other) }

extension Text: ExpressibleByStringInterpolation {
    @inline(__always)
    package init(stringLiteral text: StaticString) {
        self.init(constant: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    @inline(__always)
    package init(stringInterpolation parts: consuming TextBuilder) {
        self = parts.finish()
    }
}

extension Text: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
