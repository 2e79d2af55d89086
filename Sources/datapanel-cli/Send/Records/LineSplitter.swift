// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Cuts NDJSON into its lines. Blank lines are counted and passed over; the last line needs no end.
struct LineSplitter {
    let limit: Int
    private var number = 0
    /// How much of the window has no line end, as was seen before.
    private var searched = 0
    /// Of a line above the limit, what is gone already.
    private var discarded = 0

    init(limit: Int) {
        self.limit = limit
    }

    mutating func next(_ window: UnsafeRawBufferPointer, isLast: Bool) -> Split {
        var from = 0
        while true {
            guard let end = lineEnd(window, from: max(from, searched), isLast: isLast) else {
                return wait(window, from: from, isLast: isLast)
            }
            searched = 0
            number += 1
            let next = min(end + 1, window.count)
            if discarded + end - from > limit {
                defer { discarded = 0 }
                return .piece(
                    Piece(
                        number: number, text: from..<from, end: next,
                        flaw: .tooLong(bytes: discarded + end - from), discarded: discarded,
                        isOpenEnded: next == end))
            }
            let text = trimmed(from..<end, in: window)
            if !text.isEmpty {
                return .piece(
                    Piece(number: number, text: text, end: next, isOpenEnded: next == end))
            }
            from = next
        }
    }

    /// Nothing ends here yet.
    private mutating func wait(
        _ window: UnsafeRawBufferPointer, from: Int, isLast: Bool
    ) -> Split {
        if isLast { return .end }
        if window.count - from > limit {
            discarded += window.count - from
            searched = 0
            return .discard(window.count)
        }
        searched = window.count - from
        return from > 0 ? .discard(from) : .more
    }

    private func lineEnd(
        _ window: UnsafeRawBufferPointer, from: Int, isLast: Bool
    ) -> Int? {
        guard let base = window.baseAddress, from <= window.count else { return nil }
        if let found = memchr(base + from, 0x0A, window.count - from) {
            return UnsafeRawPointer(found) - base
        }
        // A line above the limit may have ended with the last window.
        let hasRest = from < window.count || searched > 0 || discarded > 0
        return isLast && hasRest ? window.count : nil
    }
}
