// SPDX-License-Identifier: Apache-2.0

/// The lines of a text, without the white space around them.
struct Lines {
    private var rest: Slice<UnsafeRawBufferPointer>
    /// Of the last line, from 1.
    private(set) var number = 0
    /// Whether white space stood before it.
    private(set) var isIndented = false

    init(_ text: UnsafeRawBufferPointer) {
        // Some editors begin a file with a byte order mark.
        rest = text[(text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)...]
    }

    mutating func next() -> UnsafeRawBufferPointer? {
        if rest.isEmpty { return nil }
        number += 1
        let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
        defer { rest = rest[min(end + 1, rest.endIndex)...] }
        isIndented = rest.first.map(ASCII.isSpace) ?? false
        return ASCII.trimmed(UnsafeRawBufferPointer(rebasing: rest[..<end]))
    }
}
