// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The body of one call, in the pieces that it is read from: nothing is copied to send it.
package final class Body: @unchecked Sendable {
    private let head: Text
    package let store: ObjectStore

    init(_ head: Text, _ store: ObjectStore) {
        self.head = head
        self.store = store
    }

    package var count: Int { head.count + store.bytes.count + Envelope.tail.utf8CodeUnitCount }

    /// Fills `room` with what stands at `offset`, and says how many bytes that were.
    package func read(at offset: Int, into room: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        filled += Self.copy(head.bytes, 0, offset + filled, room, filled)
        filled += Self.copy(store.bytes, head.count, offset + filled, room, filled)
        filled += Self.copy(tail, head.count + store.bytes.count, offset + filled, room, filled)
        return filled
    }

    /// The whole body in one piece.
    package func text() throws(DatapanelError) -> OwnedText {
        var bytes = Bytes()
        try bytes.reserve(count + 1)
        try bytes.append(head.bytes)
        try bytes.append(store.bytes)
        try bytes.append(Envelope.tail)
        return try bytes.take()
    }

    private var tail: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: Envelope.tail.utf8Start, count: Envelope.tail.utf8CodeUnitCount)
    }

    /// Copies the part of a piece that begins at `start` in the body and is wanted from `offset`.
    private static func copy(
        _ piece: UnsafeRawBufferPointer, _ start: Int, _ offset: Int,
        _ room: UnsafeMutableRawBufferPointer, _ filled: Int
    ) -> Int {
        let skip = offset - start
        guard skip >= 0, skip < piece.count, filled < room.count,
            let source = piece.baseAddress, let target = room.baseAddress
        else { return 0 }
        let count = min(piece.count - skip, room.count - filled)
        memcpy(target + filled, source + skip, count)
        return count
    }
}
