// SPDX-License-Identifier: Apache-2.0

/// One report for each object of a request, in its order. The ids stay in the reply they came in,
/// the objects in the store they were sent from: telling an outcome takes no memory that could be
/// missing.
package final class Reports {
    package let outcome: Outcome
    private let ids: ItemIds
    private let reply: Bytes
    private let store: ObjectStore
    private let queuedAt: Int64

    init(
        _ outcome: Outcome, _ ids: ItemIds, _ reply: consuming Bytes, _ store: ObjectStore,
        queuedAt: Int64
    ) {
        self.outcome = outcome
        self.queuedAt = queuedAt
        self.ids = ids
        self.reply = reply
        self.store = store
        if outcome.hasIds { ReplyDecoder.terminate(self.reply.mutableView, ids) }
    }

    package var count: Int { ids.capacity }

    package subscript(_ position: Int) -> Report {
        let found = ids[position]
        var report = Report(
            code: outcome.code, stored: outcome.stored,
            ticket: UInt64(truncatingIfNeeded: position), queuedAt: queuedAt)
        if outcome.hasIds && found.id > 0 {
            report.code = .ok
            report.stored = .yes
            report.id = reply.text(at: found.id)
            report.eventId = reply.text(at: found.eventId)
        } else {
            report.message = outcome.message?.pointer
            report.payload = store[position]
        }
        return report
    }
}
