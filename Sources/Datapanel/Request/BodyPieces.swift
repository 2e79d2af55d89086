// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The bytes of a body, in the pieces that they lie in: nothing is copied to send them. Whoever
/// made it keeps them in their place.
package struct BodyPieces {
    private let head: UnsafeRawBufferPointer
    private let objects: UnsafeRawBufferPointer
    private let tail: UnsafeRawBufferPointer

    /// `objects` have commas between them. The end of the envelope follows by itself.
    init(head: UnsafeRawBufferPointer, objects: UnsafeRawBufferPointer) {
        self.head = head
        self.objects = objects
        tail = UnsafeRawBufferPointer(
            start: Envelope.tail.utf8Start, count: Envelope.tail.utf8CodeUnitCount)
    }

    /// A body that is no request's.
    init(whole: UnsafeRawBufferPointer) {
        head = whole
        objects = UnsafeRawBufferPointer(start: nil, count: 0)
        tail = objects
    }

    package var count: Int { head.count + objects.count + tail.count }

    package func hash() throws(DatapanelError) -> Text {
        let digest = try Digest()
        try digest.add(head)
        try digest.add(objects)
        try digest.add(tail)
        return try digest.finish()
    }

    /// Fills `room` with what stands at `offset`, and says how many bytes that were.
    package func read(at offset: Int, into room: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        filled += Self.copy(head, 0, offset + filled, room, filled)
        filled += Self.copy(objects, head.count, offset + filled, room, filled)
        filled += Self.copy(tail, head.count + objects.count, offset + filled, room, filled)
        return filled
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
