// SPDX-License-Identifier: Apache-2.0

/// Collecting, giving up, and the end of a producer.
extension ProducerState {
    mutating func collect(_ max: Int) -> [ReportQueue.Slice] {
        let slices = reports.take(max)
        hasRoomAgain = false
        raiseEvents()
        return slices
    }

    /// Everything goes as soon as it can. Tells which epoch has to be over.
    mutating func hurry() -> Int {
        for target in targets { target.seal() }
        return epochs.end(after: lastTicket)
    }

    /// The targets that a caller means: one, or all for nil.
    private mutating func targets(
        named name: UnsafeRawBufferPointer?
    ) throws(DatapanelError) -> [TargetQueue] {
        if isClosing { throw Self.closed }
        guard let name else { return targets }
        // Not in one expression: making a target grows the array that it is taken from.
        let index = try target(named: name)
        return [targets[index]]
    }

    mutating func pause(
        _ name: UnsafeRawBufferPointer?, _ isPaused: Bool
    ) throws(DatapanelError) {
        for target in try targets(named: name) { target.isPaused = isPaused }
        if name == nil { self.isPaused = isPaused }
    }

    /// Gives up what waits; tells how many objects that were.
    mutating func purge(_ name: UnsafeRawBufferPointer?) throws(DatapanelError) -> Int {
        var count = 0
        for target in try targets(named: name) {
            while let batch = target.popAny() {
                count += batch.count
                finishPurged(batch)
            }
            // The thread gives up the rest as it reads it.
            guard let log = target.log, !log.backlog.isEmpty else { continue }
            count += log.backlog.objects
            log.backlog.purgedThrough = lastTicket
        }
        return count
    }

    mutating func finishPurged(_ batch: Batch) {
        finishUnsent(batch, batch.unsent(.cancelled, "it was purged before it was delivered"))
    }

    /// Takes out what has no outcome, as cancelled. With a spool there is nothing: it stays there.
    mutating func abandon(_ flights: [(batch: Batch, isBodyOut: Bool)]) -> [Settlement] {
        let reason: Text = "the producer was closed before it was delivered"
        if spool != nil { return [] }
        var left: [Settlement] = []
        for (batch, isBodyOut) in flights {
            inFlight -= 1
            targets[batch.target].inFlight -= 1
            if isBodyOut { batch.ambiguousAttempts += 1 }
            left.append(Settlement(batch.unsent(.cancelled, reason), batch))
            for suspect in batch.split?.abandon() ?? [] {
                left.append(Settlement(suspect.batch.unsent(.cancelled, reason), suspect.batch))
            }
        }
        for target in targets {
            while let batch = target.popAny() {
                noteTrouble(of: batch)
                left.append(Settlement(batch.unsent(.cancelled, reason), batch))
                for suspect in batch.split?.abandon() ?? [] {
                    left.append(Settlement(suspect.batch.unsent(.cancelled, reason), suspect.batch))
                }
            }
        }
        for settlement in left {
            release(settlement.batch)
            counters.failed += settlement.count
        }
        return left
    }

    static var closed: DatapanelError {
        DatapanelError(.closed, "the producer was closed; make another")
    }
}
