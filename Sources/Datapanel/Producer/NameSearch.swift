// SPDX-License-Identifier: Apache-2.0

/// A name that a producer was given, and the id that it has: events and times go in, what to do
/// comes out. Times are on the monotonic clock, in milliseconds.
///
/// Guarded by: the producer's monitor.
final class NameSearch {
    let kind: LookupKind
    let name: Text
    /// Where it goes on, when some pages are there already.
    private var walk: LookupWalk?
    /// Nil while it is not known.
    private(set) var id: Text?
    /// The request under way, or the last one. What comes of others is no longer of use.
    private var number = 0
    private var isUnderWay = false
    /// In a row.
    private var failures = 0
    private var resumeAt: Int64 = 0
    private var needsPerson = false
    /// Whether the last request was refused with a token that IAM gave, and goes again.
    private(set) var hasRenewed = false
    /// Why there is no id yet.
    private(set) var trouble: Text?

    enum Answer {
        /// Of several.
        case page
        case found(Text)
        case failure(Failure, Text, retryAfter: Int64?)
    }

    enum Failure {
        /// May be over soon.
        case passing
        /// Needs a person. It is tried again all the same, less and less often: nobody has to tell
        /// when a name is there at last.
        case standing
    }

    init(_ kind: LookupKind, _ name: Text) {
        self.kind = kind
        self.name = name
    }

    /// When the next request may go; nil while one is under way.
    var dueAt: Int64? { isUnderWay ? nil : resumeAt }

    /// The request that has to go out now.
    func next(_ config: Config, now: Int64) -> LookupOrder? {
        guard id == nil, !isUnderWay, now >= resumeAt else { return nil }
        let walk = walk ?? LookupWalk(kind, name)
        self.walk = walk
        isUnderWay = true
        number += 1
        return LookupOrder(self, number, walk, config)
    }

    func answered(
        _ number: Int, _ answer: Answer, isRenewed: Bool = false, backoff: Backoff, dice: UInt64,
        now: Int64
    ) {
        guard isUnderWay, number == self.number else { return }
        isUnderWay = false
        hasRenewed = false
        switch answer {
        case .page:
            succeed()
        case .found(let id):
            self.id = id
            walk = nil
            succeed()
        case .failure(let failure, let error, let retryAfter):
            trouble = error
            hasRenewed = isRenewed
            // What the call was authorised with was wrong, and is not any more.
            if isRenewed { return }
            failures += 1
            needsPerson = failure == .standing
            if needsPerson { walk = nil }
            resumeAt = now + pause(failure, retryAfter, backoff, dice)
        }
    }

    private func succeed() {
        failures = 0
        trouble = nil
        needsPerson = false
    }

    private func pause(
        _ failure: Failure, _ retryAfter: Int64?, _ backoff: Backoff, _ dice: UInt64
    ) -> Int64 {
        switch failure {
        case .standing: Delivery.probes.pause(afterAttempt: failures, dice: dice)
        case .passing:
            if let wish = retryAfter, wish > 0 {
                Backoff.hold(wish, dice: dice)
            } else {
                backoff.pause(afterAttempt: failures, dice: dice)
            }
        }
    }

    /// The id may be no longer the one: the name is looked up again, from the first page on.
    func forget() {
        id = nil
        walk = nil
        isUnderWay = false
        number += 1
        resumeAt = 0
        succeed()
    }

    /// Somebody may have mended it.
    func tryAtOnce() {
        if needsPerson { resumeAt = 0 }
    }
}
