// SPDX-License-Identifier: Apache-2.0

/// Outcomes that wait to be collected. Bounded: the oldest make room.
struct ReportQueue {
    private static let limit = 100_000

    /// Some objects of a settlement.
    struct Slice {
        let settlement: Settlement
        let positions: Range<Int>
    }

    private let wanted: Wanted
    private var settlements = Fifo<Settlement>()
    /// How many reports of the first settlement are collected already.
    private var collected = 0
    private(set) var count = 0
    private(set) var dropped = 0

    enum Wanted: Int64 {
        case all, failures, none
    }

    init(_ wanted: Wanted) {
        self.wanted = wanted
    }

    mutating func add(_ settlement: Settlement) {
        switch wanted {
        case .none: return
        case .failures where settlement.failureCount == 0: return
        case .failures, .all: break
        }
        settlements.append(settlement)
        count += settlement.count
        while count > Self.limit, settlements.count > 1, let oldest = settlements.popFirst() {
            dropped += oldest.count - collected
            count -= oldest.count - collected
            collected = 0
        }
    }

    /// Up to `max` reports, the oldest first.
    mutating func take(_ max: Int) -> [Slice] {
        var slices: [Slice] = []
        var room = max
        while room > 0, let first = settlements.first {
            let end = min(first.count, collected + room)
            slices.append(Slice(settlement: first, positions: collected..<end))
            room -= end - collected
            count -= end - collected
            collected = end
            if collected == first.count {
                _ = settlements.popFirst()
                collected = 0
            }
        }
        return slices
    }
}
