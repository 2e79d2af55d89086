// SPDX-License-Identifier: Apache-2.0

/// How values are spread, in classes that double: up to 1, 2, 4, … 2^30, and what lies above.
struct Histogram {
    static let classCount = 32

    private(set) var counts = InlineArray<32, Int>(repeating: 0)
    private(set) var count = 0
    private(set) var sum: Int64 = 0

    mutating func add(_ value: Int64) {
        let value = max(value, 0)
        counts[Self.index(of: value)] += 1
        count += 1
        sum &+= value
    }

    /// The largest value of a class; nil for the last, which has no bound.
    static func bound(_ index: Int) -> Int64? {
        index < classCount - 1 ? 1 << Int64(index) : nil
    }

    private static func index(of value: Int64) -> Int {
        guard value > 1 else { return 0 }
        return min(Int64.bitWidth - (value - 1).leadingZeroBitCount, classCount - 1)
    }
}
