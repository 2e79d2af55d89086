// SPDX-License-Identifier: Apache-2.0

/// Ranges of an input, in order and apart from each other.
struct OffsetRanges: Equatable {
    private(set) var ranges: [Range<Int>] = []

    /// Most come in order, and join the last one.
    mutating func insert(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if let last = ranges.last {
            if range.lowerBound > last.upperBound { return ranges.append(range) }
            if range.lowerBound >= last.lowerBound {
                ranges[ranges.count - 1] =
                    last.lowerBound..<max(last.upperBound, range.upperBound)
                return
            }
        }
        var low = range.lowerBound
        var high = range.upperBound
        let first = firstIndex(endingAtOrAfter: low)
        var next = first
        while next < ranges.count, ranges[next].lowerBound <= high {
            low = min(low, ranges[next].lowerBound)
            high = max(high, ranges[next].upperBound)
            next += 1
        }
        ranges.replaceSubrange(first..<next, with: [low..<high])
    }

    func contains(_ offset: Int) -> Bool {
        let index = firstIndex(endingAtOrAfter: offset + 1)
        return index < ranges.count && ranges[index].contains(offset)
    }

    private func firstIndex(endingAtOrAfter offset: Int) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
