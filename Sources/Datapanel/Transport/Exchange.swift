// SPDX-License-Identifier: Apache-2.0

/// What one attempt brought: the facts, before anybody judges them.
///
/// A class, as moving so many fields about costs more code than anything that is done with them.
package final class Exchange {
    package var ending = Facts.Ending.complete
    package var status: Int32 = 0
    package var bodyCount = 0
    /// How much of the body libcurl has taken.
    package var bodyTaken = 0
    package var head = ReplyHead()
    package var reply = Bytes()
    /// What went with the call and nobody may see; see `shown`.
    package var secret: Text?
    /// libcurl's own words for what went wrong; nil when nothing did.
    package var curlText: Text? {
        didSet { curlText = curlText.map(Self.withoutProxy) }
    }

    package init() {}

    package var isBodyOut: Bool { bodyTaken >= bodyCount }

    /// A text of the other side as people may see it: not one that repeats the secret. It may have
    /// been cut short, so the beginning of that gives it away.
    func shown(_ text: Text?) -> Text? {
        guard let text, let secret, secret.count >= Self.secretMin else { return text }
        let beginning = UnsafeRawBufferPointer(rebasing: secret.bytes.prefix(Self.secretShown))
        return text.contains(beginning) ? "[redacted]" : text
    }

    /// Shorter ones are in many a word.
    private static let secretMin = 6
    private static let secretShown = 32

    /// A proxy that libcurl cannot use it quotes as it was set, password and all. The text may be
    /// cut short, so all that follows the quotation mark goes.
    private static func withoutProxy(_ text: Text) -> Text {
        guard ASCII.hasPrefixIgnoringCase(text.bytes, "unsupported proxy"),
            let quote = text.bytes.firstIndex(of: UInt8(ascii: "'"))
        else { return text }
        var shown = TextBuilder()
        shown.append(UnsafeRawBufferPointer(rebasing: text.bytes[...quote]))
        shown.append("[redacted]'")
        return shown.finish()
    }
}
