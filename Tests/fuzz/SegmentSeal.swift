// SPDX-License-Identifier: Apache-2.0
import CMachine

/// What a segment's bytes say, read apart from `SpoolReader`: each place is looked at.
enum SegmentSeal {
    private static let front = 24
    private static let first = 64

    /// Gives the front of a segment, and each record that could be one, the checksums that fit.
    static func setRight(_ bytes: inout [UInt8]) {
        guard bytes.count >= first else { return }
        put(checksum(bytes[16..<first], checksum(bytes[8..<12])), &bytes, 12)
        let salt = word(bytes, 24)
        var place = first
        while place + front <= bytes.count {
            guard (1...3).contains(bytes[place + 12]),
                bytes[(place + 13)..<(place + 16)] == [0, 0, 0]
            else {
                place += 8
                continue
            }
            let end = place + front + Int(word(bytes, place + 8))
            if end <= bytes.count {
                put(checksum(bytes[(place + front)..<end]), &bytes, place + 4)
            }
            put(checksum(bytes[(place + 4)..<(place + front)], salt), &bytes, place)
            place = (end + 7) / 8 * 8
        }
    }

    /// Whether an object stands somewhere in a segment, whole and with the checksums that fit.
    static func has(
        _ number: UInt64, _ content: [UInt8], in bytes: [UInt8], _ salt: UInt32
    ) -> Bool {
        stride(from: first, through: bytes.count - front - content.count, by: 8).contains { place in
            let from = place + front
            return bytes[place + 12] == 1 && Int(word(bytes, place + 8)) == content.count
                && word(bytes, place + 16) == UInt32(truncatingIfNeeded: number)
                && word(bytes, place + 20) == UInt32(truncatingIfNeeded: number >> 32)
                && bytes[from..<(from + content.count)].elementsEqual(content)
                && word(bytes, place + 4) == checksum(content[...])
                && word(bytes, place) == checksum(bytes[(place + 4)..<from], salt)
        }
    }

    /// CRC-32C as every machine computes it.
    private static func checksum(_ bytes: ArraySlice<UInt8>, _ salt: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBufferPointer { ~dpx_crc32c_anywhere(~salt, $0.baseAddress, $0.count) }
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }

    private static func put(_ word: UInt32, _ bytes: inout [UInt8], _ place: Int) {
        for index in 0..<4 {
            bytes[place + index] = UInt8(truncatingIfNeeded: word >> UInt32(8 * index))
        }
    }
}
