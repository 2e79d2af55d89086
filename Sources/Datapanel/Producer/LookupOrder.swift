// SPDX-License-Identifier: Apache-2.0

/// A page that a look-up needs, and what came of the request for it.
final class LookupOrder {
    let search: NameSearch
    /// Which of the search's requests it is.
    let number: Int
    let walk: LookupWalk
    /// With the ids that are known so far.
    let config: Config
    private(set) var answer: NameSearch.Answer?
    private(set) var verdict = Situation.noMemory.verdict
    /// Whether it would be let in if it were signed anew.
    private(set) var isRenewed = false
    /// The token that it had; 0 for none that IAM gave.
    var tokenNumber = 0
    /// Which keys it is signed with, if it is; see `CredentialGate`.
    var keyRound = 0

    init(_ search: NameSearch, _ number: Int, _ walk: LookupWalk, _ config: Config) {
        self.search = search
        self.number = number
        self.walk = walk
        self.config = config
    }

    func ended(_ answer: NameSearch.Answer, _ verdict: Verdict, isRenewed: Bool = false) {
        self.answer = answer
        self.verdict = verdict
        self.isRenewed = isRenewed
    }
}
