// SPDX-License-Identifier: Apache-2.0

/// Something that goes wrong with a request because a test asked for it.
public struct Fault: Sendable, Equatable {
    /// How many requests it happens to; 0 for all, until the faults are cleared.
    public var times: Int
    /// How many matching requests go by first.
    public var skip: Int
    /// The requests that it can happen to: those with this text in their path. Nil for every
    /// request to the service; never one to the emulator's own routes.
    public var path: String?
    /// How much later than usual the answer comes.
    public var delayMilliseconds: Int
    /// What happens instead of, or to, the usual answer.
    public var effect: Effect

    public init(
        _ effect: Effect = .none, times: Int = 1, skip: Int = 0, path: String? = nil,
        delayMilliseconds: Int = 0
    ) {
        self.times = times
        self.skip = skip
        self.path = path
        self.delayMilliseconds = delayMilliseconds
        self.effect = effect
    }

    public enum Effect: Sendable, Equatable {
        /// The usual answer, for a fault that only delays it.
        case none
        /// This reply instead. `body` nil is the service's own error for that status. The objects
        /// are stored only if `stores`.
        case reply(status: Int, headers: [Header] = [], body: String? = nil, stores: Bool = false)
        /// The connection ends, and no byte of a reply is sent.
        case drop(Moment, Ending = .close)
        /// The usual reply with all its headers, but only so many bytes of its body, and then the
        /// end of the connection.
        case truncate(bytes: Int)
        /// The usual reply, but its list of ids has this length.
        case ids(count: Int)
        /// No answer, ever, over a connection that stays open.
        case stall(stores: Bool = false)
    }

    /// When a connection ends.
    public enum Moment: String, Sendable, CaseIterable {
        /// After the head of the request was read.
        case headers
        /// After the whole body was read; nothing is stored.
        case body
        /// After the objects were stored.
        case stored
    }

    /// How a connection ends.
    public enum Ending: String, Sendable, CaseIterable {
        /// Orderly (FIN). The kernel makes a reset of it when unread bytes are left.
        case close
        /// With a reset (RST).
        case reset
    }
}
