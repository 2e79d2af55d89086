// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A JSON object on a line of its own, written member by member.
struct JSONLine {
    private(set) var bytes: [UInt8] = []
    private var isEmpty = true

    /// Begins anew, in the same memory.
    mutating func begin() {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(UInt8(ascii: "{"))
        isEmpty = true
    }

    mutating func end() {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func add(_ name: StaticString, _ number: Int) {
        add(name: name)
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func add(_ name: StaticString, _ flag: Bool) {
        add(name: name)
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    mutating func add(_ name: StaticString, _ text: String) {
        add(name: name)
        var text = text
        text.withUTF8 { quote(UnsafeRawBufferPointer($0)) }
    }

    /// Nothing for NULL.
    mutating func add(_ name: StaticString, _ text: UnsafePointer<CChar>?) {
        guard let text else { return }
        add(name: name)
        quote(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    /// Text that is UTF-8.
    mutating func add(_ name: StaticString, utf8 text: UnsafeRawBufferPointer) {
        add(name: name)
        quote(text)
    }

    /// A value as it stands. Line ends become blanks: they stand between its parts only, for JSON
    /// has none in its strings.
    mutating func add(_ name: StaticString, json: UnsafeRawBufferPointer) {
        add(name: name)
        let first = bytes.count
        bytes.append(contentsOf: json)
        for index in first..<bytes.count where bytes[index] == 0x0A || bytes[index] == 0x0D {
            bytes[index] = 0x20
        }
    }

    /// Objects, each with its end.
    mutating func add(_ name: StaticString, list: [JSONLine]) {
        add(name: name)
        bytes.append(UInt8(ascii: "["))
        for (index, object) in list.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: object.bytes.dropLast())
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func add(name: StaticString) {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func quote(_ text: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "\""))
        var plain = 0
        for (index, byte) in text.enumerated() {
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            bytes.append(contentsOf: text[plain..<index])
            escape(byte)
            plain = index + 1
        }
        bytes.append(contentsOf: text[plain...])
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }
}
