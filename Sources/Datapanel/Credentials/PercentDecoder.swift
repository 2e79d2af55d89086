// SPDX-License-Identifier: Apache-2.0

/// Reads percent-encoded text, one decoded byte after the other. A '%' without two digits behind
/// it stands for itself.
struct PercentDecoder {
    private let text: UnsafeRawBufferPointer
    private var at = 0

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
    }

    @inline(never)
    mutating func next() -> UInt8? {
        guard at < text.count else { return nil }
        let first = text[at]
        at += 1
        guard first == UInt8(ascii: "%"), text.count - at >= 2,
            let high = ASCII.hexValue(text[at]), let low = ASCII.hexValue(text[at + 1])
        else { return first }
        at += 2
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
