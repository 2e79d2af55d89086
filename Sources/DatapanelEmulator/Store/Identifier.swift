// SPDX-License-Identifier: Apache-2.0

/// A UUID, kept as its 16 bytes.
struct Identifier: Equatable {
    var high: UInt64
    var low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the usual form, 8-4-4-4-12 hexadecimal digits.
    init?(_ text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return nil }
        var digits: [UInt64] = []
        for byte in groups.joined().utf8 {
            guard let digit = hexadecimalDigit(byte) else { return nil }
            digits.append(UInt64(digit))
        }
        high = digits[..<16].reduce(0) { $0 << 4 | $1 }
        low = digits[16...].reduce(0) { $0 << 4 | $1 }
    }

    /// Its 36 characters.
    var text: [UInt8] {
        Array(unsafeUninitializedCapacity: 36) { buffer, count in
            var digits = (high, low)
            for position in 0..<36 {
                if position == 8 || position == 13 || position == 18 || position == 23 {
                    buffer[position] = UInt8(ascii: "-")
                    continue
                }
                buffer[position] = hexadecimal[Int(digits.0 >> 60)]
                digits = (digits.0 << 4 | digits.1 >> 60, digits.1 << 4)
            }
            count = 36
        }
    }

    /// Its 16 bytes, most significant first: they sort as the identifiers do.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }
}

/// Makes UUIDs of version 7 (RFC 9562): each sorts after the one before it.
///
/// That keeps the index over them cheap, because every new one goes at its end.
struct IdentifierSource {
    private var milliseconds: UInt64 = 0
    private var counter: UInt64 = 0

    mutating func next(now: UInt64) -> Identifier {
        counter += 1
        if now > milliseconds {
            (milliseconds, counter) = (now, 0)
        } else if counter > 0xFFF {
            // The counter is full: borrow from the next millisecond, as the RFC allows.
            (milliseconds, counter) = (milliseconds + 1, 0)
        }
        let random = UInt64.random(in: 0...UInt64.max)
        return Identifier(
            high: milliseconds << 16 | 0x7000 | counter, low: random >> 2 | 0x8000_0000_0000_0000)
    }
}
