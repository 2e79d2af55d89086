// SPDX-License-Identifier: Apache-2.0

/// Outcomes that wait to be collected. Bounded: the oldest make room.
struct ReportQueue {
    private static let limit = 100_000

    /// Some objects of a settlement.
    struct Slice {
        let settlement: Settlement
        let positions: Range<Int>

        var count: Int { positions.count }
    }

    private let wanted: Wanted
    private var slices = Fifo<Slice>()
    private(set) var count = 0
    private(set) var dropped = 0
    private var payloads = PayloadBudget()

    /// Of reports that have room, but whose objects have not.
    var payloadsDropped: Int { payloads.dropped }

    enum Wanted: Int64 {
        case all, failures, none
    }

    init(_ wanted: Wanted) {
        self.wanted = wanted
    }

    mutating func add(_ settlement: Settlement) {
        switch wanted {
        case .none:
            return
        case .all:
            append(Slice(settlement: settlement, positions: 0..<settlement.count))
        case .failures where settlement.failureCount == settlement.count:
            append(Slice(settlement: settlement, positions: 0..<settlement.count))
        case .failures:
            for position in 0..<settlement.count where settlement[position].code != .ok {
                append(Slice(settlement: settlement, positions: position..<(position + 1)))
            }
        }
        payloads.add(settlement)
        if count > Self.limit { dropped += take(count - Self.limit).reduce(0) { $0 + $1.count } }
    }

    /// The oldest lose their objects' bytes while there are more than `limit`.
    mutating func dropPayload(above limit: Int) -> BodyBuffer? {
        payloads.drop(above: limit)
    }

    private mutating func append(_ slice: Slice) {
        slices.append(slice)
        count += slice.count
    }

    /// Up to `max` reports, the oldest first.
    mutating func take(_ max: Int) -> [Slice] {
        var taken: [Slice] = []
        var room = max
        while room > 0, let first = slices.popFirst() {
            let end = first.positions.lowerBound + min(first.count, room)
            let positions = first.positions.lowerBound..<end
            payloads.remove(first.settlement)
            taken.append(Slice(settlement: first.settlement, positions: positions))
            room -= positions.count
            count -= positions.count
            if end < first.positions.upperBound {
                let rest = end..<first.positions.upperBound
                slices.prepend(Slice(settlement: first.settlement, positions: rest))
            }
        }
        return taken
    }
}
