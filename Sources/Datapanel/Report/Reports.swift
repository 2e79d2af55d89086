// SPDX-License-Identifier: Apache-2.0

/// One report for each object of a request, in its order. The ids stay in the reply they came in,
/// the objects in the store they were sent from: telling an outcome takes no memory that could be
/// missing.
package final class Reports {
    package let outcome: Outcome
    private let ids: ItemIds
    private let reply: Bytes
    private let store: ObjectStore

    package init(
        _ outcome: Outcome, _ ids: ItemIds, _ reply: consuming Bytes, _ store: ObjectStore
    ) {
        self.outcome = outcome
        self.ids = ids
        self.reply = reply
        self.store = store
        if hasIds { ReplyDecoder.terminate(self.reply.mutableView, ids) }
    }

    package var count: Int { ids.capacity }

    package subscript(_ position: Int) -> Report {
        let item = ids[position]
        if hasIds && item.id > 0 {
            return Report(
                code: .ok, stored: .yes, position: position,
                id: text(item.id), eventId: text(item.eventId), message: nil, payload: nil)
        }
        return Report(
            code: outcome.code, stored: outcome.stored, position: position,
            id: nil, eventId: nil, message: outcome.message?.pointer, payload: store[position])
    }

    private var hasIds: Bool { outcome.code == .ok || outcome.code == .replyItem }

    private func text(_ offset: UInt32) -> UnsafePointer<CChar>? {
        guard offset > 0, let base = reply.view.baseAddress else { return nil }
        return (base + Int(offset)).assumingMemoryBound(to: CChar.self)
    }
}
