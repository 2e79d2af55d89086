// SPDX-License-Identifier: Apache-2.0

/// The final outcome of a producer's batch: a report for each of its objects. As with `Reports`,
/// ids stay in the reply and objects in the batch.
package final class Settlement: @unchecked Sendable {
    package static let possibleDuplicate: UInt32 = 1
    package static let deadLettered: UInt32 = 2
    package static let recovered: UInt32 = 4

    package let outcome: Outcome
    let batch: Batch
    private let ids: ItemIds?
    private var reply: Bytes
    /// Of those that are stored.
    private let doubt: UInt32

    init(
        _ outcome: Outcome, _ batch: Batch, _ ids: ItemIds? = nil,
        _ reply: consuming Bytes = Bytes()
    ) {
        var outcome = outcome
        // What an earlier attempt may have done no later one can undo.
        if batch.ambiguousAttempts > 0 && outcome.stored == .no { outcome.stored = .maybe }
        self.outcome = outcome
        self.batch = batch
        self.ids = ids
        self.reply = reply
        if outcome.hasIds, let ids { ReplyDecoder.terminate(self.reply.mutableView, ids) }
        doubt = batch.ambiguousAttempts > 0 ? Self.possibleDuplicate : 0
    }

    package var count: Int { batch.count }

    /// Whether its failed objects stand in the file of dead letters. Set before it is told of.
    var isDeadLettered = false

    /// Whether a part of it was handed out: what that points to has to stay. Guarded by the
    /// producer's monitor.
    var isCollected = false

    var payloadBytes: Int { batch.objects.count }

    /// How many objects are not stored for certain.
    var failureCount: Int {
        switch outcome.code {
        case .ok: 0
        case .replyItem: ids?.missingCount ?? count
        default: count
        }
    }

    package subscript(_ position: Int) -> Report {
        let item = batch.item(position)
        var report = Report(
            code: outcome.code, stored: outcome.stored, ticket: item.ticket,
            queuedAt: item.queuedAt)
        report.opaque = item.opaque
        report.flags = batch.isRecovered ? Self.recovered : 0
        if outcome.hasIds, let found = ids?[position], found.id > 0 {
            report.code = .ok
            report.stored = .yes
            report.flags |= doubt
            report.id = reply.text(at: found.id)
            report.eventId = reply.text(at: found.eventId)
        } else {
            if isDeadLettered { report.flags |= Self.deadLettered }
            report.message = outcome.message?.pointer
            report.payload = batch.object(position)
        }
        return report
    }

    func hasSameReason(as other: Settlement) -> Bool {
        guard let mine = outcome.serverCode, let theirs = other.outcome.serverCode else {
            return outcome.serverCode == nil && other.outcome.serverCode == nil
                && outcome.httpStatus == other.outcome.httpStatus
        }
        return mine.equals(theirs.bytes)
    }
}
