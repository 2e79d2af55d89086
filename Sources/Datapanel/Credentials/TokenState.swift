// SPDX-License-Identifier: Apache-2.0

/// Whether there is a token, and what to do about one: events and times go in, what to do comes
/// out. Others ask for the tokens, one at a time. Temporary keys are a token, too: somebody gives
/// them for a time. Times are on the monotonic clock, in milliseconds.
struct TokenState {
    /// IAM locks users whose password is wrong too often.
    static let refusalPause: Int64 = 300_000
    private static let standingPauses = Backoff(base: 5_000, cap: 300_000)

    struct Token {
        let proof: Proof
        /// Which request for a token brought it.
        let number: Int
    }

    enum Step {
        case use(Token)
        /// To ask for one is now the caller's task, who tells what came of it.
        case fetch(Order)
        /// Until that time, or until what is under way has ended.
        case wait(until: Int64?)
        case refuse(DatapanelError)
    }

    struct Order {
        let number: Int
        /// Where user, password and domain stand, or the metadata service.
        let credentials: Config
        /// False while the old one is good.
        let isUrgent: Bool
        /// None was given to these credentials before.
        let isFirst: Bool
    }

    /// What a request for a token came to.
    enum Answer {
        /// `life` is in milliseconds.
        case proof(Proof, life: Int64)
        case failure(Failure, DatapanelError, retryAfter: Int64?)
    }

    enum Failure {
        /// May be over soon.
        case passing
        /// Needs a person.
        case standing
        /// As standing, and to try again could lock the user out.
        case refused
    }

    private var credentials: Config
    private var token: Token?
    private var renewAt: Int64 = 0
    private var goodUntil: Int64 = 0
    /// How many requests for tokens were begun.
    private var lastNumber = 0
    private var isFetching = false
    /// The newest token that the service took.
    private var accepted = 0
    private var failures = 0
    private var isPassing = false
    private var resumeAt: Int64 = 0
    /// Why there was no token lately.
    private(set) var trouble: DatapanelError?

    init(_ credentials: Config) {
        self.credentials = credentials
    }

    /// What a call that needs a token now has to do.
    mutating func next(now: Int64) -> Step {
        let good = token(now: now)
        if let good, now < renewAt || isFetching || now < resumeAt { return .use(good) }
        if isFetching { return .wait(until: nil) }
        if now < resumeAt, let trouble {
            return isPassing ? .wait(until: resumeAt) : .refuse(trouble)
        }
        isFetching = true
        lastNumber += 1
        return .fetch(
            Order(
                number: lastNumber, credentials: credentials, isUrgent: good == nil,
                isFirst: goodUntil == 0))
    }

    /// The token, while it is good.
    func token(now: Int64) -> Token? { now < goodUntil ? token : nil }

    /// When there may be a token that nobody announces; nil when that is not known.
    var wakeTime: Int64? { isFetching ? nil : resumeAt }

    mutating func fetched(
        _ number: Int, _ answer: Answer, backoff: Backoff, dice: UInt64, now: Int64
    ) {
        // Others have come for credentials that are no longer set.
        guard isFetching, number == lastNumber else { return }
        isFetching = false
        switch answer {
        case .proof(let proof, let life):
            token = Token(proof: proof, number: number)
            goodUntil = now + life
            renewAt = goodUntil - min(life / 10, proof.renewalMargin)
            failures = 0
            resumeAt = 0
            trouble = nil
        case .failure(let failure, let error, let retryAfter):
            failures += 1
            trouble = error
            isPassing = failure == .passing
            resumeAt = now + pause(failure, retryAfter, backoff, dice)
        }
    }

    private func pause(
        _ failure: Failure, _ retryAfter: Int64?, _ backoff: Backoff, _ dice: UInt64
    ) -> Int64 {
        switch failure {
        case .refused: Self.refusalPause
        case .standing: Self.standingPauses.pause(afterAttempt: failures, dice: dice)
        case .passing:
            if let wish = retryAfter, wish > 0 {
                Backoff.hold(wish, dice: dice)
            } else {
                backoff.pause(afterAttempt: failures, dice: dice)
            }
        }
    }

    /// Takes note of what the service made of a token. Says whether the call may go again with a
    /// new one: once, and whenever the token was good before.
    mutating func answered(_ number: Int, _ verdict: Verdict, hasRenewed: Bool) -> Bool {
        if verdict.next == .deliver { accepted = max(accepted, number) }
        guard verdict.next == .renew else { return false }
        if token?.number == number { token = nil }
        return number <= accepted || !hasRenewed
    }

    /// Other credentials are set: nothing that came of the former ones counts.
    mutating func startAnew(_ credentials: Config) {
        self.credentials = credentials
        token = nil
        goodUntil = 0
        isFetching = false
        failures = 0
        resumeAt = 0
        trouble = nil
    }
}
