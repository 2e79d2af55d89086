// SPDX-License-Identifier: Apache-2.0

/// The vendor's file of addresses: for each service a list of regions, with an `id` and an
/// `endpoint` each. It is YAML, of which this reads what such a file takes: blocks and braces,
/// quotes and comments.
enum RegionsFile {
    /// Where a region has its SecMaster; nil when the file does not tell.
    static func endpoint(
        of region: Text, in text: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> Text? {
        var lines = Lines(text)
        var isInside = false
        var entry = Entry()
        while let line = lines.next() {
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            var list = line
            if !lines.isIndented && ASCII.isLetter(first) {
                let (service, rest) = Entry.split(line)
                isInside = ASCII.equalIgnoringCase(service, "secmaster")
                entry = Entry()
                list = rest
            }
            guard isInside else { continue }
            var start = 0
            for index in 0...list.count {
                let byte = index < list.count ? list[index] : UInt8(ascii: ",")
                guard Entry.ends(at: byte) else { continue }
                entry.take(UnsafeRawBufferPointer(rebasing: list[start..<index]))
                if let id = entry.id, let endpoint = entry.endpoint, region.equals(id) {
                    return try Text(endpoint)
                }
                if byte == UInt8(ascii: "{") { entry = Entry() }
                start = index + 1
            }
        }
        return nil
    }

    /// What was read of a region.
    private struct Entry {
        var id: UnsafeRawBufferPointer?
        var endpoint: UnsafeRawBufferPointer?

        static func ends(at byte: UInt8) -> Bool {
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
                || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]")
        }

        /// Takes `key: value`, which a dash may go before.
        mutating func take(_ text: UnsafeRawBufferPointer) {
            var text = ASCII.trimmed(text)
            if text.first == UInt8(ascii: "-") {
                self = Entry()
                text = UnsafeRawBufferPointer(rebasing: text[1...])
            }
            let (key, value) = Self.split(text)
            if ASCII.equal(key, "id") { id = value }
            if ASCII.equal(key, "endpoint") { endpoint = value }
        }

        /// Before the first colon and behind it, without quotes and without a comment.
        static func split(
            _ text: UnsafeRawBufferPointer
        ) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer) {
            let (key, value) = ASCII.split(text, at: UInt8(ascii: ":"))
            return (bare(key), bare(ASCII.split(value, at: UInt8(ascii: "#")).0))
        }

        @inline(never)
        private static func bare(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            func isQuote(_ byte: UInt8?) -> Bool {
                byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
            }
            var bare = ASCII.trimmed(text)
            if isQuote(bare.first) { bare = UnsafeRawBufferPointer(rebasing: bare.dropFirst()) }
            if isQuote(bare.last) { bare = UnsafeRawBufferPointer(rebasing: bare.dropLast()) }
            return bare
        }
    }
}
