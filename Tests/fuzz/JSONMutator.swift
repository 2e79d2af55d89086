// SPDX-License-Identifier: Apache-2.0

/// Changes JSON so that it mostly stays JSON. Flipped bits alone would nearly always be refused,
/// and what is accepted would go untested.
struct JSONMutator {
    private var text: [UInt8]
    private var tokens: [Range<Int>] = []
    private var state: UInt64

    static func mutate(_ text: UnsafeRawBufferPointer, seed: UInt32) -> [UInt8] {
        var mutator = JSONMutator(text: Array(text), state: UInt64(seed))
        for _ in 0...mutator.below(3) { mutator.mutate() }
        if mutator.below(2) == 0 { mutator.repair() }
        return mutator.text
    }

    private init(text: [UInt8], state: UInt64) {
        self.text = text
        self.state = state
    }

    private mutating func mutate() {
        tokenise()
        if tokens.isEmpty {
            text += Array("{}".utf8)
            return
        }
        let place = below(tokens.count)
        let token = tokens[place]
        switch below(7) {
        case 0: text.replaceSubrange(value(at: place), with: any(Self.scalars))
        case 1: text.insert(contentsOf: any(Self.spaces), at: token.lowerBound)
        case 2: wrap(value(at: place))
        case 3: text.insert(contentsOf: Array(",".utf8) + member(), at: token.upperBound)
        case 4: text.replaceSubrange(value(at: place), with: text[value(at: below(tokens.count))])
        default: insertIntoString(token)
        }
    }

    private mutating func wrap(_ value: Range<Int>) {
        if below(2) == 0 {
            text.insert(UInt8(ascii: "]"), at: value.upperBound)
            text.insert(UInt8(ascii: "["), at: value.lowerBound)
        } else {
            text.insert(UInt8(ascii: "}"), at: value.upperBound)
            text.insert(contentsOf: Array("{\"k\":".utf8), at: value.lowerBound)
        }
    }

    /// A value, for an array, or a member, for an object: the text does not know where it goes.
    private mutating func member() -> [UInt8] {
        let name = below(2) == 0 ? Array("\"id\":".utf8) : []
        return name + any(Self.scalars)
    }

    private mutating func insertIntoString(_ token: Range<Int>) {
        guard text[token.lowerBound] == UInt8(ascii: "\"") else { return }
        let place = token.lowerBound + 1 + below(max(token.count - 1, 1))
        text.insert(contentsOf: any(Self.fragments), at: min(place, text.count))
    }

    /// From a token to where the value that it begins ends.
    private func value(at place: Int) -> Range<Int> {
        var depth = 0
        for index in place..<tokens.count {
            switch text[tokens[index].lowerBound] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            if depth <= 0 { return tokens[place].lowerBound..<tokens[index].upperBound }
        }
        return tokens[place]
    }

    /// Strings, runs of letters and digits, and single other bytes; space is none of them.
    private mutating func tokenise() {
        tokens.removeAll(keepingCapacity: true)
        var at = 0
        while at < text.count {
            let first = at
            at += 1
            switch text[first] {
            case UInt8(ascii: "\""):
                while at < text.count, text[at] != UInt8(ascii: "\"") {
                    at += text[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                at = min(at + 1, text.count)
            case let byte where Self.isWord(byte):
                while at < text.count, Self.isWord(text[at]) { at += 1 }
            case 0x09, 0x0A, 0x0D, 0x20:
                continue
            default:
                break
            }
            tokens.append(first..<at)
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
    }

    /// Has the scanner say what is wrong: what stands in the way goes, what is missing comes.
    private mutating func repair() {
        for _ in 0..<32 {
            guard let fault = fault else { return }
            if fault.offset < text.count {
                text.remove(at: fault.offset)
            } else {
                text += Self.missing["\(fault.expected)"] ?? []
            }
        }
    }

    private var fault: JSONFault? {
        text.withUnsafeBytes { bytes in
            do throws(JSONFault) {
                var scanner = JSONScanner(bytes)
                try scanner.skipValue()
                try scanner.finish()
                return nil
            } catch {
                return error
            }
        }
    }

    private mutating func any(_ choices: [[UInt8]]) -> [UInt8] { choices[below(choices.count)] }

    /// SplitMix64: from one seed always the same numbers.
    private mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(limit))
    }
}

extension JSONMutator {
    private static let spaces = [" ", "\t", "\n", "\r", "        ", "\u{b}", "\u{a0}"].map(bytes)

    private static let scalars =
        [
            "0", "-0", "-1", "12345678", "0.5", "1e9", "1E+9", "2e-999", "1e999", "-1.5e+999",
            "9223372036854775807", "9223372036854775808", "-9223372036854775809",
            "123456789012345678901234567890", "true", "false", "null", "\"\"", "\"a\"",
            "\"0123456789abcdef\"", "\"\\u0000\"", "[]", "{}", "[1,2]", "{\"a\":1}",
            "{\"\\u0000\":1}", "{\"id\":\"a\",\"event_id\":\"b\"}",
            "01", "-", "+1", ".5", "1.", "1e", "1e+", "1.e1", "tru", "NaN", "'a'", "\"",
        ].map(bytes)

    /// Whole characters and parts of them, good escapes and bad ones.
    private static let fragments =
        [
            "a", "12345678", "/", "\u{7f}", "é", "中", "😀", "\u{ffff}", "\u{10ffff}",
            "\\\"", "\\\\", "\\/", "\\b", "\\n", "\\u0000", "\\u00e9", "\\uD83D\\uDE00",
            "\\ud800", "\\udc00", "\\ud800\\u0041", "\\ud800\\ud800", "\\x", "\\u12", "\\", "\"",
            "\t", "\u{0}", "\u{1f}",
        ].map(bytes) + [
            [0x80], [0xC0, 0x80], [0xC2], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F],
            [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF],
        ]

    /// What goes on with a text that ends where this was expected.
    private static let missing = [
        "a value": "0", "a digit": "0", "a hexadecimal digit": "0", "',' or '}'": "}",
        "',' or ']'": "]", "':'": ":", "a member name in '\"'": "\"a\"",
        "'\"' to end the string": "\"", "a character to escape": "n",
        "one of \"\\/bfnrtu after the backslash": "n",
        "a low surrogate after the high one": "\\udc00",
    ].mapValues(bytes)

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
