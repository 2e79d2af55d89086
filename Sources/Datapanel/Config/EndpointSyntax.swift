// SPDX-License-Identifier: Apache-2.0

/// `scheme://host[:port]` and nothing behind it.
enum EndpointSyntax {
    /// What is wrong with the text; nil when nothing is.
    static func flaw(_ text: UnsafeRawBufferPointer) -> Text? {
        let scheme: Int
        if ASCII.hasPrefixIgnoringCase(text, "https://") {
            scheme = 8
        } else if ASCII.hasPrefixIgnoringCase(text, "http://") {
            scheme = 7
        } else {
            return "does not start with https:// or http://"
        }
        let authority = UnsafeRawBufferPointer(rebasing: text[scheme...])
        if authority.contains(UInt8(ascii: "@")) {
            return """
                has a user name; it takes scheme://host[:port], and credentials are settings of \
                their own
                """
        }
        let host = hostLength(authority)
        guard host > 0 else { return "has no host name" }
        guard host < authority.count else { return nil }
        guard authority[host] == UInt8(ascii: ":") else {
            return "has more than scheme, host and port; it takes scheme://host[:port]"
        }
        let port = ASCII.number(UnsafeRawBufferPointer(rebasing: authority[(host + 1)...]))
        guard let port, (1...65_535).contains(port) else {
            return "has no port between 1 and 65535 behind the ':'"
        }
        return nil
    }

    /// How many bytes belong to a host name or address, an IPv6 one in its brackets.
    private static func hostLength(_ text: UnsafeRawBufferPointer) -> Int {
        var at = 0
        if text.count > 0, text[0] == UInt8(ascii: "[") {
            at = 1
            while at < text.count, ASCII.hexValue(text[at]) != nil || text[at] == UInt8(ascii: ":")
            {
                at += 1
            }
            return at > 1 && at < text.count && text[at] == UInt8(ascii: "]") ? at + 1 : 0
        }
        while at < text.count, isNameByte(text[at]) { at += 1 }
        return at
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }
}
