// SPDX-License-Identifier: Apache-2.0
import Datapanel

/// Cuts a JSON array into its elements, without a look at what they say: it follows brackets and
/// strings only, so an element that is no JSON spoils no other one.
struct ArraySplitter {
    let limit: Int
    private var number = 0
    private var place = Place.before
    private var nesting = 0
    private var isInString = false
    private var isEscaped = false
    /// How much of the window the state above is about.
    private var scanned = 0
    /// Of an element above the limit, what is gone already.
    private var discarded = 0

    private enum Place {
        case before, element, after, end
    }

    init(limit: Int) {
        self.limit = limit
    }

    mutating func next(_ window: UnsafeRawBufferPointer, isLast: Bool) -> Split {
        switch place {
        case .before:
            let text = trimmed(0..<window.count, in: window)
            guard !text.isEmpty else { return isLast ? .end : discardAll(window) }
            // Whoever chose this splitter has seen the bracket.
            place = .element
            return .discard(text.lowerBound + 1)
        case .element:
            return element(window, isLast: isLast)
        case .after:
            let text = trimmed(0..<window.count, in: window)
            guard !text.isEmpty else { return isLast ? .end : discardAll(window) }
            place = .end
            return .piece(
                Piece(
                    number: number + 1, text: text.lowerBound..<text.lowerBound, end: window.count,
                    flaw: .afterArray))
        case .end:
            return window.isEmpty ? (isLast ? .end : .more) : .discard(window.count)
        }
    }

    private func discardAll(_ window: UnsafeRawBufferPointer) -> Split {
        window.isEmpty ? .more : .discard(window.count)
    }

    private mutating func element(_ window: UnsafeRawBufferPointer, isLast: Bool) -> Split {
        guard let end = elementEnd(window) else {
            if isLast {
                place = .end
                return .piece(
                    Piece(
                        number: number + 1, text: 0..<0, end: window.count, flaw: .arrayCutOff,
                        discarded: discarded, isOpenEnded: true))
            }
            guard window.count > limit else { return .more }
            discarded += window.count
            scanned = 0
            return .discard(window.count)
        }
        let isArrayEnd = window[end] == UInt8(ascii: "]")
        if isArrayEnd { place = .after }
        scanned = 0
        let text = trimmed(0..<end, in: window)
        // "[]" has no element; "[{},]" has one that is missing.
        if isArrayEnd && number == 0 && text.isEmpty && discarded == 0 { return .discard(end + 1) }
        number += 1
        if discarded + end > limit {
            defer { discarded = 0 }
            return .piece(
                Piece(
                    number: number, text: 0..<0, end: end + 1,
                    flaw: .tooLong(bytes: discarded + end), discarded: discarded))
        }
        return .piece(Piece(number: number, text: text, end: end + 1))
    }

    /// The same for an element that is JSON and all there, which is found in half the time.
    private static func goodEnd(_ window: UnsafeRawBufferPointer) -> Int? {
        var scanner = JSONScanner(window)
        guard (try? scanner.skipValue()) != nil else { return nil }
        scanner.skipSpace()
        let isEnd = scanner.peek == UInt8(ascii: ",") || scanner.peek == UInt8(ascii: "]")
        return isEnd ? scanner.offset : nil
    }

    /// Where the comma or bracket behind the element is.
    private mutating func elementEnd(_ window: UnsafeRawBufferPointer) -> Int? {
        if scanned == 0, nesting == 0, !isInString, let end = Self.goodEnd(window) { return end }
        var nesting = nesting
        var isInString = isInString
        var isEscaped = isEscaped
        defer {
            self.nesting = nesting
            self.isInString = isInString
            self.isEscaped = isEscaped
        }
        var index = scanned
        while index < window.count {
            let byte = window[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): nesting += 1
                case UInt8(ascii: "}"): nesting = max(0, nesting - 1)
                case UInt8(ascii: "]"):
                    if nesting == 0 { return index }
                    nesting -= 1
                case UInt8(ascii: ","):
                    if nesting == 0 { return index }
                default: break
                }
            }
            index += 1
        }
        scanned = index
        return nil
    }
}
