// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A C string that its taker releases with `free`; `count` leaves the NUL out.
package struct OwnedText {
    package let pointer: UnsafeMutablePointer<CChar>
    package let count: Int
}

/// Growable memory for whatever input sizes. It is `malloc`ed, so that running out is an error that
/// the caller hears of; a Swift `Array` would end the host process.
package struct Bytes: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    package private(set) var count = 0
    private(set) var capacity = 0

    package init() {}

    deinit { free(base) }

    package var view: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: count)
    }

    package var mutableView: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: base, count: count)
    }

    /// Makes room for `more` bytes after the present ones.
    package mutating func reserve(_ more: Int) throws(DatapanelError) {
        guard makeRoom(for: more) else { throw .noMemory("a buffer") }
    }

    /// As `reserve`, for those that can do without.
    mutating func makeRoom(for more: Int) -> Bool {
        more <= capacity - count || grow(by: more)
    }

    /// Doubling keeps appends cheap. Never inlined, so that an append is a few instructions.
    @inline(never)
    private mutating func grow(by more: Int) -> Bool {
        let (needed, overflow) = count.addingReportingOverflow(more)
        let doubled = capacity.multipliedReportingOverflow(by: 2)
        let wanted = max(needed, doubled.overflow ? needed : doubled.partialValue, 64)
        guard !overflow, let grown = realloc(base, wanted) else { return false }
        base = grown
        capacity = wanted
        return true
    }

    @inline(never)
    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(DatapanelError) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        try reserve(bytes.count)
        guard let base else { return }
        memcpy(base + count, source, bytes.count)
        count += bytes.count
    }

    package mutating func append(_ text: StaticString) throws(DatapanelError) {
        try append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func append(text: Text) throws(DatapanelError) {
        try append(text.bytes)
    }

    /// No number has more digits, with its sign.
    static let numberLimit = 20

    /// The number in decimal digits.
    mutating func append(number: Int64) throws(DatapanelError) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = digits.count
        var rest = number.magnitude
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        if number < 0 { try append(UInt8(ascii: "-")) }
        for index in first..<digits.count { try append(digits[index]) }
    }

    /// Never inlined: what is written byte by byte would be mostly copies of it.
    @inline(never)
    package mutating func append(_ byte: UInt8) throws(DatapanelError) {
        guard count < capacity, let base else { return try appendGrowing(byte) }
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    /// Apart, so that most appends need no frame.
    @inline(never)
    private mutating func appendGrowing(_ byte: UInt8) throws(DatapanelError) {
        try reserve(1)
        base?.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Lets `body` write up to `size` bytes into reserved room and keeps as many as it returns.
    package mutating func fill(
        _ size: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int
    ) -> Int {
        guard let base else { return 0 }
        let room = min(size, capacity - count)
        let written = body(UnsafeMutableRawBufferPointer(start: base + count, count: room))
        count += min(max(written, 0), room)
        return written
    }

    /// For secrets: leaves nothing of them in memory that goes back to the heap.
    package mutating func wipe() {
        if let base { explicit_bzero(base, count) }
        count = 0
    }

    /// A C string that was made to stand here; nil for 0, where none ever is.
    func text(at offset: UInt32) -> UnsafePointer<CChar>? {
        guard offset > 0, let base else { return nil }
        return UnsafePointer((base + Int(offset)).assumingMemoryBound(to: CChar.self))
    }

    /// Forgets what lies beyond `newCount`; the memory stays.
    package mutating func shorten(to newCount: Int) {
        count = min(count, max(newCount, 0))
    }

    /// Hands the memory over, with a NUL behind the last byte.
    mutating func take() throws(DatapanelError) -> OwnedText {
        try append(UInt8(0))
        guard let memory = base else { throw .noMemory("a buffer") }
        let text = OwnedText(
            pointer: memory.assumingMemoryBound(to: CChar.self), count: count - 1)
        base = nil
        count = 0
        capacity = 0
        return text
    }
}
