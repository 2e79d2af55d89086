// SPDX-License-Identifier: Apache-2.0

/// Bounds what repeating adds to a service in trouble: repeats cost, successes earn. Without
/// budget a repeat waits for the longest pause. (The figures are those of aws-c-io.)
struct RetryBudget {
    private static let most = 500
    private var left = RetryBudget.most

    /// Pays for a repeat; says whether there was enough.
    mutating func pay(for verdict: Verdict) -> Bool {
        // A doubtful attempt can only make duplicates of itself: it costs double.
        let cost = verdict.next == .ambiguous ? 20 : verdict.code == .server ? 5 : 10
        guard left >= cost else { return false }
        left -= cost
        return true
    }

    mutating func earn() {
        left = min(left + 1, Self.most)
    }
}
