// SPDX-License-Identifier: Apache-2.0

/// Dead letters: what failed is written down, outside of the lock, before anybody is told.
extension ProducerState {
    /// What the caller gave up is no dead letter.
    func needsLetter(_ settlement: Settlement) -> Bool {
        limits.keepsDeadLetters && settlement.failureCount > 0
            && settlement.outcome.code != .cancelled
    }

    /// Those to be written down now.
    mutating func takeLetters() -> [DeadLetters] {
        let letters = letters(of: unwritten)
        unwritten = []
        return letters
    }

    func letters(of settlements: [Settlement]) -> [DeadLetters] {
        settlements.map {
            DeadLetters(settlement: $0, target: targets[$0.batch.target].name)
        }
    }

    /// Takes note of what is written, or cannot be. `dropped` is how many were lost so far.
    mutating func countLetters(_ settlements: [Settlement], dropped: Int) {
        counters.lettersDropped = dropped
        for settlement in settlements {
            if settlement.isDeadLettered {
                counters.letters += settlement.failureCount
            } else {
                counters.lettersFailed += settlement.failureCount
            }
        }
    }
}
