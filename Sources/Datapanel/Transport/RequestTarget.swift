// SPDX-License-Identifier: Apache-2.0

/// The part of a URL that stands in the first line of a request, path and query (RFC 9112,
/// section 3.2); what stands before it is the origin.
enum RequestTarget {
    /// Where it begins; nil in a URL that libcurl has to see as a whole, to clean or to refuse it.
    static func start(in url: UnsafeRawBufferPointer) -> Int? {
        let isSecure = ASCII.hasPrefixIgnoringCase(url, "https://")
        guard isSecure || ASCII.hasPrefixIgnoringCase(url, "http://"), ASCII.isVisible(url),
            !url.contains(UInt8(ascii: "#")),
            let start = url[(isSecure ? 8 : 7)...].firstIndex(where: isEndOfOrigin),
            url[start] == UInt8(ascii: "/")
        else { return nil }
        return start
    }

    private static func isEndOfOrigin(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?")
    }
}
