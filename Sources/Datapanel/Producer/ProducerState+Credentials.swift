// SPDX-License-Identifier: Apache-2.0

/// What shows who sends.
extension ProducerState {
    /// The request for a token that has to be made now. Who has nothing to send needs none.
    mutating func neededToken(now: Int64) -> TokenState.Order? {
        guard !isStopping, queuedObjects > 0, case .fetch(let order) = tokens?.next(now: now)
        else { return nil }
        return order
    }

    /// Better credentials may help those that wait for a person.
    func retryBlocked() {
        names.tryAtOnce()
        for target in targets {
            target.probeAtOnce()
            target.address.search?.tryAtOnce()
        }
    }

    /// What kept a batch from being sent at all.
    func noteTrouble(of batch: Batch) {
        guard batch.lastOutcome == nil,
            let trouble = tokens?.trouble?.message ?? names.trouble(of: targets[batch.target])
        else { return }
        batch.lastOutcome = Outcome(message: trouble)
    }
}
