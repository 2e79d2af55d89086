// SPDX-License-Identifier: Apache-2.0

/// The memory of a body, which many batches use one after the other.
final class BodyBuffer {
    var bytes = Bytes()
}

/// Buffers whose objects are stored, for batches to come: with them a stream of objects asks the
/// system for no memory.
struct BodyBuffers {
    /// In bytes.
    private let limit: Int
    private var held = 0
    private var idle: [BodyBuffer] = []

    init(limit: Int) {
        self.limit = limit
    }

    mutating func take() -> BodyBuffer {
        guard let buffer = idle.popLast() else { return BodyBuffer() }
        held -= buffer.bytes.capacity
        return buffer
    }

    mutating func giveBack(_ buffer: BodyBuffer) {
        guard held + buffer.bytes.capacity <= limit else { return }
        held += buffer.bytes.capacity
        buffer.bytes.shorten(to: 0)
        idle.append(buffer)
    }

    /// A producer that has nothing to do keeps nothing.
    mutating func release() {
        idle = []
        held = 0
    }
}
