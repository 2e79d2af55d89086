// SPDX-License-Identifier: Apache-2.0

/// The body of one call.
package final class Body: @unchecked Sendable {
    private let head: Text
    package let store: ObjectStore

    init(_ head: Text, _ store: ObjectStore) {
        self.head = head
        self.store = store
    }

    package var pieces: BodyPieces { BodyPieces(head: head.bytes, objects: store.bytes) }

    package var count: Int { pieces.count }

    /// The whole body in one piece.
    package func text() throws(DatapanelError) -> OwnedText {
        var bytes = Bytes()
        try bytes.reserve(count + 1)
        try bytes.append(head.bytes)
        try bytes.append(store.bytes)
        try bytes.append(Envelope.tail)
        return try bytes.take()
    }
}
