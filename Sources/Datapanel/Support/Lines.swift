// SPDX-License-Identifier: Apache-2.0

/// The lines of a text, without the white space around them.
struct Lines {
    private var rest: UnsafeRawBufferPointer
    /// Of the last line, from 1.
    private(set) var number = 0
    /// Whether white space stood before it.
    private(set) var isIndented = false

    init(_ text: UnsafeRawBufferPointer) {
        // Some editors begin a file with a byte order mark.
        let hasMark = text.starts(with: [0xEF, 0xBB, 0xBF])
        rest = UnsafeRawBufferPointer(rebasing: text[(hasMark ? 3 : 0)...])
    }

    @inline(never)
    mutating func next() -> UnsafeRawBufferPointer? {
        guard let first = rest.first else { return nil }
        number += 1
        isIndented = ASCII.isSpace(first)
        let (line, behind) = ASCII.split(rest, at: UInt8(ascii: "\n"))
        rest = behind
        return ASCII.trimmed(line)
    }
}
