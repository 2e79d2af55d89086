// SPDX-License-Identifier: Apache-2.0

/// Decides what becomes of a batch after an attempt. Pure: facts and a time in, a decision out.
struct Delivery {
    let backoff: Backoff
    let triesAmbiguousAgain: Bool
    let ambiguousLimit: Int

    /// Blocked targets are tried with one batch in this rhythm.
    static let probes = Backoff(base: 5_000, cap: 300_000)

    struct Facts {
        let verdict: Verdict
        /// What the call is authorised with was wrong, and is not any more.
        var isRenewed = false
        /// Objects in the batch.
        let count: Int
        /// Attempts of this batch without a sure answer, this one included.
        let ambiguousAttempts: Int
        /// Failures of this target in a row, this one included.
        let failures: Int
        /// In milliseconds; nil when the service said nothing.
        let retryAfter: Int64?
        /// How much time the batch has left, in milliseconds.
        let left: Int64
        let dice: UInt64
    }

    enum Decision: Equatable {
        /// Final, as the verdict says.
        case settle
        /// Final for want of time.
        case expire
        /// The same batch again, and nothing to its target before `pause` is over.
        case retry(pause: Int64)
        /// In two halves, at once.
        case split
        /// The batch stays; its target is only probed, first after `pause`.
        case block(pause: Int64)
        /// Final for the batch, and as `block` for its target.
        case settleAndBlock(pause: Int64)
    }

    func decide(_ facts: Facts) -> Decision {
        switch facts.verdict.next {
        case .deliver, .unconfirmed, .fail:
            return .settle
        case .unconfirmedAndBlock:
            return .settleAndBlock(pause: probePause(facts))
        case .split, .halve:
            return facts.count > 1 ? .split : .settle
        case .block, .renew:
            if facts.isRenewed { return again(facts, after: 0) }
            return .block(pause: probePause(facts))
        case .retry:
            return again(facts, after: backoffPause(facts))
        case .hold:
            let wish = facts.retryAfter ?? 0
            let pause = wish > 0 ? Backoff.hold(wish, dice: facts.dice) : backoffPause(facts)
            return again(facts, after: pause)
        case .ambiguous:
            guard triesAmbiguousAgain, facts.ambiguousAttempts < ambiguousLimit else {
                return .settle
            }
            return again(facts, after: backoffPause(facts))
        }
    }

    private func again(_ facts: Facts, after pause: Int64) -> Decision {
        pause < facts.left ? .retry(pause: pause) : .expire
    }

    private func backoffPause(_ facts: Facts) -> Int64 {
        backoff.pause(afterAttempt: facts.failures, dice: facts.dice)
    }

    private func probePause(_ facts: Facts) -> Int64 {
        Self.probes.pause(afterAttempt: facts.failures, dice: facts.dice)
    }
}
