// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct OffsetRangesTests {
    private func ranges(_ parts: Range<Int>...) -> [Range<Int>] {
        var ranges = OffsetRanges()
        for part in parts { ranges.insert(part) }
        return ranges.ranges
    }

    @Test func joinsWhatTouches() {
        #expect(ranges(0..<5, 5..<9) == [0..<9])
        #expect(ranges(5..<9, 0..<5) == [0..<9])
        #expect(ranges(0..<2, 4..<6, 2..<4) == [0..<6])
        #expect(ranges(0..<2, 4..<6, 8..<9, 1..<20) == [0..<20])
        #expect(ranges(3..<3) == [])
    }

    @Test func keepsApartWhatDoesNot() {
        #expect(ranges(6..<7, 0..<2, 3..<5) == [0..<2, 3..<5, 6..<7])
    }

    @Test func knowsWhatItHas() {
        var ranges = OffsetRanges()
        for part in [0..<2, 3..<5, 8..<9] { ranges.insert(part) }
        #expect((0..<10).filter { ranges.contains($0) } == [0, 1, 3, 4, 8])
    }

    /// Against a plain set, in an order that repeats.
    @Test func agreesWithASet() {
        var ranges = OffsetRanges()
        var set: Set<Int> = []
        var seed: UInt64 = 1
        for _ in 0..<200 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1
            let low = Int(seed >> 40) % 300
            let part = low..<(low + Int(seed >> 33) % 9)
            ranges.insert(part)
            set.formUnion(part)
        }
        #expect((0..<320).filter { ranges.contains($0) } == set.sorted())
        let isApart = zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy {
            $0.upperBound < $1.lowerBound
        }
        #expect(isApart)
    }
}
