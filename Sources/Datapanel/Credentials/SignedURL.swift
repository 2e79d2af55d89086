// SPDX-License-Identifier: Apache-2.0

/// The parts of a URL that a signature covers, as views into it.
struct SignedURL {
    /// As the `Host` header names it: without the port that the scheme has anyway.
    let host: UnsafeRawBufferPointer
    private let path: UnsafeRawBufferPointer
    private let query: UnsafeRawBufferPointer

    /// Of `scheme://host[:port][/path][?query]`.
    init(_ url: UnsafeRawBufferPointer) {
        let isSecure = ASCII.hasPrefixIgnoringCase(url, "https:")
        let rest = UnsafeRawBufferPointer(rebasing: url.dropFirst(isSecure ? 8 : 7))
        let (address, query) = ASCII.split(rest, at: UInt8(ascii: "?"))
        let authority = address.firstIndex(of: UInt8(ascii: "/")) ?? address.count
        self.query = query
        path = UnsafeRawBufferPointer(rebasing: address[authority...])
        host = Self.host(
            UnsafeRawBufferPointer(rebasing: address[..<authority]), port: isSecure ? 443 : 80)
    }

    private static func host(
        _ authority: UnsafeRawBufferPointer, port: Int64
    ) -> UnsafeRawBufferPointer {
        guard let colon = authority.lastIndex(of: UInt8(ascii: ":")),
            ASCII.number(UnsafeRawBufferPointer(rebasing: authority[(colon + 1)...])) == port
        else { return authority }
        return UnsafeRawBufferPointer(rebasing: authority[..<colon])
    }

    // MARK: the canonical form

    /// Decoded, encoded again in the one way that there is, and with a slash at its end.
    func writePath(to bytes: inout Bytes) throws(DatapanelError) {
        var decoder = PercentDecoder(path)
        var last: UInt8 = 0
        while let byte = decoder.next() {
            last = byte
            if byte == UInt8(ascii: "/") {
                try bytes.append(byte)
            } else {
                try PathPart.encode(byte, into: &bytes)
            }
        }
        if last != UInt8(ascii: "/") { try bytes.append(UInt8(ascii: "/")) }
    }

    /// Pairs in the order of their decoded names and values.
    func writeQuery(to bytes: inout Bytes) throws(DatapanelError) {
        var pairs: [(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)] = []
        for part in Parts(query, separator: UInt8(ascii: "&")) {
            let (name, value) = ASCII.split(part, at: UInt8(ascii: "="))
            let place = pairs.firstIndex { pair in
                PercentDecoder.isBefore(name, pair.name)
                    ?? PercentDecoder.isBefore(value, pair.value) ?? false
            }
            pairs.insert((name, value), at: place ?? pairs.count)
        }
        for index in pairs.indices {
            if index > 0 { try bytes.append(UInt8(ascii: "&")) }
            try Self.write(pairs[index].name, to: &bytes)
            try bytes.append(UInt8(ascii: "="))
            try Self.write(pairs[index].value, to: &bytes)
        }
    }

    private static func write(
        _ text: UnsafeRawBufferPointer, to bytes: inout Bytes
    ) throws(DatapanelError) {
        var decoder = PercentDecoder(text)
        while let byte = decoder.next() { try PathPart.encode(byte, into: &bytes) }
    }
}
