// SPDX-License-Identifier: Apache-2.0

/// A request target taken apart and percent-decoded.
struct Target: Equatable {
    /// "/v1/a%2Fb" is the segments "v1" and "a/b".
    var segments: [String]
    /// "?limit=1" is `["limit": "1"]`; of a name that is given twice, the last.
    var query: [String: String]

    /// Nil when the text is no path, or an escape in it is no escape or no UTF-8.
    init?(_ text: String) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, path.hasPrefix("/") else { return nil }
        var segments: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = Self.decoded(segment) else { return nil }
            segments.append(decoded)
        }
        var query: [String: String] = [:]
        for pair in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let sides = pair.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(sides[0], plusIsSpace: true),
                let value = Self.decoded(sides.count > 1 ? sides[1] : "", plusIsSpace: true)
            else { return nil }
            query[name] = value
        }
        self.segments = segments
        self.query = query
    }

    /// The bytes that a part of a target stands for; those of the text itself when an escape in it
    /// is none.
    static func bytes(of text: Substring, plusIsSpace: Bool = false) -> [UInt8] {
        decodedBytes(text, plusIsSpace) ?? Array(text.utf8)
    }

    private static func decoded(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        decodedBytes(text, plusIsSpace).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private static func decodedBytes(_ text: Substring, _ plusIsSpace: Bool) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexadecimalDigit),
                    let low = rest.popFirst().flatMap(hexadecimalDigit)
                else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(UInt8(ascii: " "))
            default:
                bytes.append(byte)
            }
        }
        return bytes
    }
}
