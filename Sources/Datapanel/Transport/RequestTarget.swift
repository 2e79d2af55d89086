// SPDX-License-Identifier: Apache-2.0

/// The part of a URL that stands in the first line of a request, path and query (RFC 9112,
/// section 3.2); what stands before it is the origin.
enum RequestTarget {
    /// Where it begins; nil in a URL that libcurl has to see as a whole, to clean or to refuse it.
    static func start(in url: UnsafeRawBufferPointer) -> Int? {
        guard let colon = url.firstIndex(of: UInt8(ascii: ":")),
            url[(colon + 1)...].starts(with: [UInt8(ascii: "/"), UInt8(ascii: "/")])
        else { return nil }
        let authority = url[(colon + 3)...]
        guard let start = authority.firstIndex(where: isEnd), url[start] == UInt8(ascii: "/"),
            authority[start...].allSatisfy(isPlain)
        else { return nil }
        return start
    }

    /// Whether an authority ends before it.
    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#")
    }
}
