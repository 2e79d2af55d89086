// SPDX-License-Identifier: Apache-2.0
import CMachine
import Testing

@testable import Datapanel

struct JSONStopsTests {
    private let stop: [UInt8] = [0x22, 0x5C, 0x00, 0x0A, 0x1F, 0x80, 0xC3, 0xFF]
    private let plain: [UInt8] = [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x61, 0x7E, 0x7F]

    /// Of so many bytes about one in `rarity` is a stop.
    private func text(_ count: Int, rarity: Int, _ dice: inout SeededDice) -> [UInt8] {
        (0..<count).map { _ in
            let bytes = Int.random(in: 0..<rarity, using: &dice) == 0 ? stop : plain
            return bytes.randomElement(using: &dice) ?? 0
        }
    }

    /// One byte after the other.
    private func next(in bytes: [UInt8], from place: Int) -> Int {
        bytes[place...].firstIndex { stop.contains($0) } ?? bytes.count
    }

    @Test func findsTheNextStopFromAnywhere() {
        var dice = SeededDice(64)
        var wrong: [String] = []
        for count in 0...200 {
            let bytes = text(count, rarity: 20, &dice)
            withBytes(bytes) { buffer in
                guard let base = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
                    return
                }
                var stops = JSONStops(base, base + count)
                // Forwards as a scanner goes, and by leaps.
                let places =
                    Array(0...count)
                    + (0..<20).map { _ in
                        Int.random(in: 0...count, using: &dice)
                    }
                for place in places
                where stops.next(from: base + place) - base != next(in: bytes, from: place) {
                    wrong.append("\(count) bytes from \(place)")
                }
            }
        }
        #expect(wrong == [])
    }

    @Test func eachByteIsAStopOrPlain() {
        let stops = (0...255).filter { value in
            withBytes([UInt8](repeating: UInt8(value), count: 64)) { buffer in
                let bits = dpx_stops64(buffer.baseAddress)
                #expect(bits == 0 || bits == .max)
                return bits != 0
            }
        }
        #expect(stops == Array(0..<0x20) + [0x22, 0x5C] + Array(0x80...0xFF))
    }
}
