// SPDX-License-Identifier: Apache-2.0
import CJansson
import CPosix

/// What jansson says of a text, the differences taken out that we want.
///
/// These are all of them; README.md has the reasons. The first three are mended in a copy of the
/// text, numbers and names only where jansson itself says that it stopped at them, so that it then
/// judges the rest as well:
///
/// 1. Numbers beyond 64 bits or beyond a double are JSON to us. Mended by fewer digits.
/// 2. `\u0000` in a member's name is JSON to us. Mended to `\u0001`. (In other strings jansson
///    takes it too, with JSON_ALLOW_NUL.)
/// 3. A NUL byte is JSON nowhere to us; jansson overlooks one behind a number or a word. Mended to
///    another control character, which is JSON nowhere to either.
/// 4. Our nesting ends at 512 levels, jansson's at 2048: `nesting` and `offsetBeyond` tell.
/// 5. A whole text is an object to us, an object or an array to jansson: `root` tells.
struct Jansson: ~Copyable {
    /// nil when jansson refuses the text.
    let root: UnsafeMutablePointer<json_t>?
    private var text: UnsafeMutableRawBufferPointer
    private var count: Int

    init(_ original: UnsafeRawBufferPointer, flags: Int32 = 0) {
        text = .allocate(byteCount: original.count + 1, alignment: 1)
        text.copyMemory(from: original)
        count = original.count
        for index in 0..<count where text[index] == 0 { text[index] = 1 }
        var fault = json_error_t()
        var root = Self.load(text, count, flags, &fault)
        while root == nil {
            let end = Int(fault.position)
            switch json_error_code(&fault) {
            case json_error_numeric_overflow: Self.shorten(text, &count, numberBefore: end)
            case json_error_null_byte_in_key: Self.mend(text, nameBefore: end)
            default:
                self.root = nil
                return
            }
            root = Self.load(text, count, flags, &fault)
        }
        self.root = root
    }

    deinit {
        if let root { dpx_json_release(root) }
        text.deallocate()
    }

    var isObject: Bool { root.map { dpx_json_type($0) == JSON_OBJECT } ?? false }
    var isArray: Bool { root.map { dpx_json_type($0) == JSON_ARRAY } ?? false }

    /// Whether an object in the text has two members of one name.
    var hasDuplicates: Bool {
        var fault = json_error_t()
        let again = Self.load(text, count, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault)
        if let again { dpx_json_release(again) }
        return again == nil
    }

    private static func load(
        _ text: UnsafeMutableRawBufferPointer, _ count: Int, _ flags: Int32,
        _ fault: inout json_error_t
    ) -> UnsafeMutablePointer<json_t>? {
        json_loadb(
            text.baseAddress?.assumingMemoryBound(to: CChar.self), count,
            Int(JSON_ALLOW_NUL | flags), &fault)
    }
}

extension Jansson {
    /// Makes the number that ends at `end` fit, and nothing else of it another: an exponent
    /// becomes 0, else the whole part one digit. It stays a number of the same parts, so what may
    /// stand before and behind it stays the same too.
    private static func shorten(
        _ text: UnsafeMutableRawBufferPointer, _ count: inout Int, numberBefore end: Int
    ) {
        var digits = digitsBefore(text, end)
        var letter = digits.lowerBound - 1
        if letter > 0, text[letter] == UInt8(ascii: "+") || text[letter] == UInt8(ascii: "-") {
            letter -= 1
        }
        if letter > 0, text[letter] | 0x20 == UInt8(ascii: "e"), ASCII.isDigit(text[letter - 1]) {
            if digits.count > 1 || text[digits.lowerBound] != UInt8(ascii: "0") {
                text[digits.lowerBound] = UInt8(ascii: "0")
                return keepFirst(of: digits, text, &count)
            }
            digits = digitsBefore(text, letter)
        }
        if digits.lowerBound > 0, text[digits.lowerBound - 1] == UInt8(ascii: ".") {
            digits = digitsBefore(text, digits.lowerBound - 1)
        }
        guard digits.count > 1 else { fatalError("jansson has no room for a short number") }
        keepFirst(of: digits, text, &count)
    }

    private static func digitsBefore(
        _ text: UnsafeMutableRawBufferPointer, _ end: Int
    ) -> Range<Int> {
        var start = end
        while start > 0, ASCII.isDigit(text[start - 1]) { start -= 1 }
        return start..<end
    }

    private static func keepFirst(
        of digits: Range<Int>, _ text: UnsafeMutableRawBufferPointer, _ count: inout Int
    ) {
        guard let base = text.baseAddress else { return }
        memmove(base + digits.lowerBound + 1, base + digits.upperBound, count - digits.upperBound)
        count -= digits.count - 1
    }

    /// Turns each `\u0000` of the string that ends at `end` into `\u0001`.
    private static func mend(_ text: UnsafeMutableRawBufferPointer, nameBefore end: Int) {
        var at = end - 2
        while !isQuote(text, at) { at -= 1 }
        at += 1
        while at < end {
            guard text[at] == UInt8(ascii: "\\") else {
                at += 1
                continue
            }
            if ASCII.equal(UnsafeRawBufferPointer(rebasing: text[at..<min(at + 6, end)]), "\\u0000")
            {
                text[at + 5] = UInt8(ascii: "1")
            }
            at += 2
        }
    }

    /// A quote that no backslash escapes.
    private static func isQuote(_ text: UnsafeMutableRawBufferPointer, _ at: Int) -> Bool {
        guard text[at] == UInt8(ascii: "\"") else { return false }
        var slash = at - 1
        while slash >= 0, text[slash] == UInt8(ascii: "\\") { slash -= 1 }
        return (at - slash) % 2 == 1
    }
}

extension Jansson {
    /// How deep a text is nested that jansson accepts.
    static func nesting(_ text: UnsafeRawBufferPointer) -> Int {
        var deepest = 0
        walk(text) { depth, _ in deepest = max(deepest, depth) }
        return deepest
    }

    /// Where the first bracket stands that opens a level beyond `limit`.
    static func offsetBeyond(_ limit: Int, _ text: UnsafeRawBufferPointer) -> Int? {
        var found: Int?
        walk(text) { depth, offset in if depth > limit && found == nil { found = offset } }
        return found
    }

    /// Calls `opened` with the depth and the offset of every opening bracket outside of strings.
    private static func walk(_ text: UnsafeRawBufferPointer, _ opened: (Int, Int) -> Void) {
        var depth = 0
        var isInString = false
        var offset = 0
        while offset < text.count {
            let byte = text[offset]
            if isInString {
                if byte == UInt8(ascii: "\\") { offset += 1 }
                if byte == UInt8(ascii: "\"") { isInString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    opened(depth, offset)
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
            }
            offset += 1
        }
    }
}
