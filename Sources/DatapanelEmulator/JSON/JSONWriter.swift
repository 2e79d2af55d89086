// SPDX-License-Identifier: Apache-2.0

/// Writes JSON text, without white space, into bytes.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    /// Text that is JSON already: punctuation, numbers, names that need no escape.
    mutating func raw(_ json: StaticString) {
        json.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// JSON that somebody else wrote, byte for byte.
    mutating func raw(_ json: some Sequence<UInt8>) {
        bytes.append(contentsOf: json)
    }

    mutating func integer(_ value: Int) {
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x00..<0x20:
                raw(#"\u00"#)
                bytes.append(hexadecimal[Int(byte >> 4)])
                bytes.append(hexadecimal[Int(byte & 0xF)])
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// An array; `element` writes each of `elements`, the commas come by themselves.
    mutating func array<Elements: Sequence>(
        _ elements: Elements, _ element: (inout JSONWriter, Elements.Element) -> Void
    ) {
        separated("[", elements, "]", element)
    }

    /// An object of texts and numbers.
    mutating func object(_ members: KeyValuePairs<StaticString, Value>) {
        separated("{", members, "}") { writer, member in
            writer.raw("\"")
            writer.raw(member.key)
            writer.raw("\":")
            switch member.value {
            case .string(let text): writer.string(text)
            case .integer(let value): writer.integer(value)
            case .boolean(let value): writer.raw(value ? "true" : "false")
            }
        }
    }

    enum Value {
        case string(String), integer(Int), boolean(Bool)
    }

    mutating func separated<Elements: Sequence>(
        _ opening: StaticString, _ elements: Elements, _ closing: StaticString,
        _ element: (inout JSONWriter, Elements.Element) -> Void
    ) {
        raw(opening)
        var isFirst = true
        for each in elements {
            if !isFirst { raw(",") }
            isFirst = false
            element(&self, each)
        }
        raw(closing)
    }
}

extension JSONWriter.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
}

let hexadecimal = [UInt8]("0123456789abcdef".utf8)
