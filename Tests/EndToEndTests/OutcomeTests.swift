// SPDX-License-Identifier: Apache-2.0
import Datapanel
import DatapanelEmulator
import Testing

/// What each row of the verdict table comes to in a producer, for batches of different sizes.
struct OutcomeTests {
    /// `SituationTests` has what is left out, without a wire.
    static let rows = Situation.allCases.filter {
        if case .withinTheProcess = $0.cause(1) { false } else { true }
    }

    @Test(arguments: rows, [1, 2, 100])
    func everyRowHoldsForEverySize(_ situation: Situation, _ size: Int) throws {
        let trial = Trial(situation: situation, size: size)
        switch situation.cause(size) {
        case .answers(let effects):
            for effect in effects { try check(trial, effect) }
        case .obstacle(let make):
            switch situation.verdict.next {
            case .retry: try trial.triedAgain(make())
            case .block: try trial.keptUntilMended(make())
            case let next: Issue.record("an obstacle that leads to \(next.name)")
            }
        case .badName:
            let label = String(repeating: "x", count: 64)
            try trial.expired(endpoint: "http://\(label).invalid", cause: situation)
        case .tooLate:
            let trouble = try Trouble.refused()
            try trial.expired(endpoint: trouble.endpoint, cause: .connectFailed)
            #expect(trouble.emulator.stats.requests == 0)
        case .givenUp:
            try trial.purged()
            try trial.closed()
        case .withinTheProcess:
            Issue.record("there is no wire that leads to \(situation)")
        }
    }

    private func check(_ trial: Trial, _ effect: Fault.Effect) throws {
        switch trial.situation.verdict.next {
        case .deliver:
            try trial.delivered(.answers(effect))
        case .retry, .hold:
            try trial.triedAgain(.answers(effect))
        case .renew, .block:
            try trial.keptUntilMended(.answers(effect))
        case .split:
            try trial.splitToTheOneAtFault(effect)
            if trial.size > 1 {
                try trial.keptUntilMended(.answers(effect), sign: "systemic_rejections_total")
            }
        case .halve:
            try trial.halvedUntilItFits(effect)
            try trial.reportedWhenNothingFits(effect)
        case .ambiguous:
            try trial.repeatedAndMarked(effect)
            try trial.reportedInDoubt(effect, ["ambiguous.policy": "fail"], attempts: 1)
            try trial.reportedInDoubt(effect, ["ambiguous.attempts": "2"], attempts: 2)
        case .unconfirmed, .unconfirmedAndBlock:
            try trial.neverSentAgain(effect)
        case .fail:
            Issue.record("no answer leads to \(trial.situation)")
        }
    }
}
