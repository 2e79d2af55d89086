// SPDX-License-Identifier: Apache-2.0

/// The gateway answers a wrong signature with the request as it signs it, line by line with '|'
/// between. That is worth showing, but for the tokens in it.
enum QuotedTokens {
    private static let names: [StaticString] = ["x-security-token:", "x-auth-token:"]

    static func hidden(_ text: Text) -> Text {
        var shown = TextBuilder()
        var copied = 0
        for index in text.bytes.indices where index >= copied {
            let rest = UnsafeRawBufferPointer(rebasing: text.bytes[index...])
            guard let name = names.first(where: { ASCII.hasPrefixIgnoringCase(rest, $0) }) else {
                continue
            }
            let value = index + name.utf8CodeUnitCount
            let isEnd: (UInt8) -> Bool = { $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: " ") }
            shown.append(UnsafeRawBufferPointer(rebasing: text.bytes[copied..<value]))
            shown.append("[redacted]")
            copied = text.bytes[value...].firstIndex(where: isEnd) ?? text.count
        }
        if copied == 0 { return text }
        shown.append(UnsafeRawBufferPointer(rebasing: text.bytes[copied...]))
        return shown.finish()
    }
}
