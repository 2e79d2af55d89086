// SPDX-License-Identifier: Apache-2.0

/// What one attempt brought: the facts, before anybody judges them.
package struct Exchange: ~Copyable {
    package var ending = Facts.Ending.complete
    package var status: Int32 = 0
    package var bodyCount = 0
    /// How much of the body libcurl has taken.
    package var bodyTaken = 0
    package var head = ReplyHead()
    package var reply = Bytes()
    /// libcurl's own words for what went wrong; "" when nothing did.
    package var curlText = "" {
        didSet { curlText = Self.withoutProxy(curlText) }
    }

    package init() {}

    package var isBodyOut: Bool { bodyTaken >= bodyCount }

    /// A proxy that libcurl cannot use it quotes as it was set, password and all. The text may be
    /// cut short, so all that follows the quotation mark goes.
    private static func withoutProxy(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let isAboutProxy = bytes.withUnsafeBytes {
            ASCII.hasPrefixIgnoringCase($0, "unsupported proxy")
        }
        guard isAboutProxy, let quote = bytes.firstIndex(of: UInt8(ascii: "'")) else { return text }
        return String(decoding: bytes[...quote], as: UTF8.self) + "[redacted]'"
    }
}
