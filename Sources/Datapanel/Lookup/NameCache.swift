// SPDX-License-Identifier: Apache-2.0

/// A name, where it is one (a workspace's in a project, a data class's in a workspace), and the id
/// that it has: who asks goes in, what to do comes out. It is looked up by one at a time.
///
/// Guarded by: the monitor of its `NameSource`.
final class KnownName {
    let kind: LookupKind
    let within: Text
    let name: Text
    private(set) var id: Text?
    private(set) var isUnderWay = false
    /// How many look-ups were begun.
    private var lookups = 0
    /// What the last one came to, when it found nothing.
    private var error: DatapanelError?

    enum Step {
        case use(Text)
        /// To look it up is now the caller's task, who tells what came of it.
        case look
        /// Until that look-up has ended.
        case wait(Int)
        case refuse(DatapanelError)
    }

    init(_ kind: LookupKind, within: Text, _ name: Text) {
        self.kind = kind
        self.within = within
        self.name = name
    }

    /// What a call that needs the id has to do; `awaited` is the look-up that it has waited for.
    func next(awaited: Int?) -> Step {
        if let id { return .use(id) }
        if isUnderWay { return .wait(lookups) }
        // Another one's time was over, but not the caller's own.
        if let error, lookups == awaited, !error.code.mayPass { return .refuse(error) }
        lookups += 1
        isUnderWay = true
        return .look
    }

    func ended(_ id: Text?, _ error: DatapanelError?) {
        isUnderWay = false
        self.id = id
        self.error = error
    }

    /// The service does not know the id any more. Another thread may have found a new one already.
    func forget(_ gone: Text) {
        if let id, id.equals(gone.bytes) { self.id = nil }
    }
}

/// The names that a client has met.
struct NameCache {
    /// More than these no program has; the oldest is looked up anew.
    private static let limit = 64

    private var names: [KnownName] = []

    mutating func name(_ kind: LookupKind, within: Text, _ name: Text) -> KnownName {
        for known in names
        where known.kind == kind && known.name.equals(name.bytes)
            && known.within.equals(within.bytes)
        {
            return known
        }
        if names.count >= Self.limit, let oldest = names.firstIndex(where: { !$0.isUnderWay }) {
            names.remove(at: oldest)
        }
        let new = KnownName(kind, within: within, name)
        names.append(new)
        return new
    }
}

extension Code {
    /// Whether what a look-up ended with may be over for somebody who has more time.
    fileprivate var mayPass: Bool {
        switch self {
        case .resolve, .connect, .tls, .send, .noReply, .timeout, .throttled, .server, .noMemory:
            true
        default:
            false
        }
    }
}
