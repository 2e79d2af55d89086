// SPDX-License-Identifier: Apache-2.0

/// One segment of the request's path: an id that a caller gives.
package enum PathPart {
    /// What is wrong with the text; nil when nothing is.
    package static func flaw(_ text: UnsafeRawBufferPointer) -> Text? {
        if text.contains(UInt8(ascii: "/")) { return "has a '/', which would name another route" }
        if ASCII.equal(text, ".") || ASCII.equal(text, "..") {
            return "would name another route"
        }
        return textFlaw(text)
    }

    /// The same for a name, which can have any character that can be read.
    package static func textFlaw(_ text: UnsafeRawBufferPointer) -> Text? {
        if text.count == 0 { return "is empty" }
        if text.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "has a control character" }
        return UTF8Check.isValid(text) ? nil : "is not valid UTF-8"
    }

    /// Appends the text with everything percent-encoded that is not unreserved (RFC 3986, 2.3).
    package static func encode(
        _ text: UnsafeRawBufferPointer, into bytes: inout Bytes
    ) throws(DatapanelError) {
        for byte in text { try encode(byte, into: &bytes) }
    }

    static func encode(_ byte: UInt8, into bytes: inout Bytes) throws(DatapanelError) {
        if isUnreserved(byte) { return try bytes.append(byte) }
        let digits: StaticString = "0123456789ABCDEF"
        try bytes.append(UInt8(ascii: "%"))
        try bytes.append(digits.utf8Start[Int(byte >> 4)])
        try bytes.append(digits.utf8Start[Int(byte & 15)])
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
    }
}
