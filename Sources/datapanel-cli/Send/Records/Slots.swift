// SPDX-License-Identifier: Apache-2.0

/// An object under way: where it came from.
struct Item: Equatable {
    /// The position of its input.
    let source: Int
    let number: Int
    /// What of its input is settled with it.
    let extent: Range<Int>
    let start: Int
    /// An earlier run may have stored it.
    let isDoubtful: Bool
}

/// The objects under way, each in a numbered place that is used again: as many as the queue holds,
/// however long the input is.
struct Slots {
    private var items: [Item?] = []
    private var free: [Int] = []

    var count: Int { items.count - free.count }

    mutating func put(_ item: Item) -> Int {
        guard let slot = free.popLast() else {
            items.append(item)
            return items.count - 1
        }
        items[slot] = item
        return slot
    }

    mutating func take(_ slot: Int) -> Item? {
        guard items.indices.contains(slot), let item = items[slot] else { return nil }
        items[slot] = nil
        free.append(slot)
        return item
    }
}
