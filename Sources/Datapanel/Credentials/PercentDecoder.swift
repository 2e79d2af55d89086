// SPDX-License-Identifier: Apache-2.0

/// Reads percent-encoded text, one decoded byte after the other. A '%' without two digits behind
/// it stands for itself.
struct PercentDecoder {
    private var rest: UnsafeRawBufferPointer.SubSequence

    init(_ text: UnsafeRawBufferPointer) {
        rest = text[...]
    }

    mutating func next() -> UInt8? {
        guard let first = rest.popFirst() else { return nil }
        guard first == UInt8(ascii: "%"), rest.count >= 2,
            let high = ASCII.hexValue(rest[rest.startIndex]),
            let low = ASCII.hexValue(rest[rest.startIndex + 1])
        else { return first }
        rest = rest.dropFirst(2)
        return high << 4 | low
    }

    /// Whether the decoded text comes before the other one, byte by byte.
    static func isBefore(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool? {
        var left = PercentDecoder(one)
        var right = PercentDecoder(other)
        while true {
            let (mine, theirs) = (left.next(), right.next())
            guard let theirs else { return mine == nil ? nil : false }
            guard let mine else { return true }
            if mine != theirs { return mine < theirs }
        }
    }
}
