// SPDX-License-Identifier: Apache-2.0

/// Keeps signatures from being wrong often: more than five in a row shut an access key out for five
/// minutes, for everybody who uses it. Until one was let in, one request goes at a time, whatever
/// its target; after one that was refused there is a rest.
struct CredentialGate {
    static let rest: Int64 = 300_000

    private let isNeeded: Bool
    private var isProven = false
    /// How often other keys were set: what is said of former ones does not count.
    private(set) var round = 0
    /// On the monotonic clock, in milliseconds.
    private(set) var opensAt: Int64 = 0

    init(_ config: Config) {
        isNeeded = config.auth.isSigned
    }

    /// Whether others may go while one is under way.
    var letsMany: Bool { isProven || !isNeeded }

    /// Other keys are used from now on.
    mutating func startAnew(_ config: Config) {
        let next = round + 1
        self = CredentialGate(config)
        round = next
    }

    /// Whether a call was refused with keys that are not used any more: it may go again.
    func hasOtherKeys(_ verdict: Verdict, round: Int) -> Bool {
        verdict.next == .renew && round != self.round
    }

    /// What became of a call that began in `round`. `isRenewed` tells that another attempt may well
    /// be let in.
    mutating func answered(_ verdict: Verdict, round: Int, isRenewed: Bool, now: Int64) {
        guard isNeeded, round == self.round else { return }
        if verdict.next == .deliver { isProven = true }
        guard verdict.next == .renew else { return }
        isProven = false
        if !isRenewed { opensAt = now + Self.rest }
    }
}
