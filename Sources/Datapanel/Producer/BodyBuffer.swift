// SPDX-License-Identifier: Apache-2.0

/// The memory of a body, which many batches use one after the other.
final class BodyBuffer {
    var bytes = Bytes()
}

/// Buffers whose objects are stored, for batches to come: with them a stream of objects asks the
/// system for no memory.
struct BodyBuffers {
    /// How long a producer that has nothing to do keeps them, in milliseconds. A queue that is
    /// empty for a moment is the rule where the service is faster than the caller, and each buffer
    /// given back then is pages that the system has to find and to clear again.
    static let patience: Int64 = 1_000

    /// In bytes.
    private let limit: Int
    private var held = 0
    private var idle: [BodyBuffer] = []
    /// When nobody needs them any more.
    private var releasesAt: Int64?

    init(limit: Int) {
        self.limit = limit
    }

    mutating func take() -> BodyBuffer {
        releasesAt = nil
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

    /// Nothing is queued. Gives them up when that has lasted, and says when to ask again.
    mutating func rest(now: Int64) -> Int64 {
        if idle.isEmpty { return .max }
        let time = releasesAt ?? now + Self.patience
        releasesAt = time
        if now < time { return time }
        idle = []
        held = 0
        return .max
    }
}
