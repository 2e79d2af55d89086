// SPDX-License-Identifier: Apache-2.0

/// A batch that was rejected and is being halved to find the objects at fault.
///
/// A rejection of everything is no fault of the objects: a wrong target or a wrong envelope looks
/// just so. Therefore nobody believes a rejected object until some other object of the batch was
/// stored. When eight were rejected for the same reason, or all of a small batch, it is the target.
final class Split {
    private static let enough = 8
    /// Up to here all of them are tried: a few bad ones in a row must not look like everything.
    private static let small = 10

    private let total: Int
    private var undecided: Int
    private var hasSuccess = false
    private var hasOneReason = true
    private var suspects: [Settlement] = []

    init(total: Int) {
        self.total = total
        undecided = total
    }

    enum Conclusion {
        /// These are final now.
        case settle([Settlement])
        case wait
        /// It is the target: these go back into its queue.
        case systemic([Batch])
    }

    /// Some objects were stored, or came to an end that is no rejection.
    func decided(_ count: Int, stored: Bool) -> Conclusion {
        undecided -= count
        hasSuccess = hasSuccess || stored
        return conclude()
    }

    /// A single object was rejected.
    func rejected(_ settlement: Settlement) -> Conclusion {
        undecided -= 1
        if let first = suspects.first, !first.hasSameReason(as: settlement) { hasOneReason = false }
        suspects.append(settlement)
        return conclude()
    }

    private func conclude() -> Conclusion {
        let isSystemic =
            !hasSuccess && hasOneReason
            && suspects.count >= (total > Self.small ? Self.enough : total)
        guard isSystemic || hasSuccess || undecided <= 0 else { return .wait }
        let found = suspects
        suspects = []
        return isSystemic ? .systemic(found.map { $0.batch }) : .settle(found)
    }

    var isOver: Bool { undecided <= 0 && suspects.isEmpty }

    /// The suspects of a producer that ends before it knows.
    func abandon() -> [Settlement] {
        defer { suspects = [] }
        return suspects
    }
}
