// SPDX-License-Identifier: Apache-2.0

/// A call as its signature covers it. Both sides write it down in the same way, and sign that.
package struct CanonicalRequest {
    package typealias Header = (name: Text, value: Text)

    private let method: StaticString
    /// Absolute, and encoded as it is sent.
    private let url: Text
    /// In the order of their names.
    private let headers: [Header]
    private let bodyHash: Text

    /// Of headers with a '_' in their name nothing is signed. `X-Sdk-Content-Sha256` stands in for
    /// `bodyHash`.
    package init(_ method: StaticString, _ url: Text, _ headers: [Header], bodyHash: Text) {
        var sorted: [Header] = []
        var hash = bodyHash
        for header in headers where !header.name.bytes.contains(UInt8(ascii: "_")) {
            let place = sorted.firstIndex { Self.isBefore(header.name, $0.name) }
            sorted.insert(header, at: place ?? sorted.count)
            if ASCII.equalIgnoringCase(header.name.bytes, "x-sdk-content-sha256") {
                hash = header.value
            }
        }
        self.method = method
        self.url = url
        self.headers = sorted
        self.bodyHash = hash
    }

    private static func isBefore(_ name: Text, _ other: Text) -> Bool {
        for index in 0..<min(name.count, other.count) {
            let (mine, theirs) = (ASCII.lower(name.bytes[index]), ASCII.lower(other.bytes[index]))
            if mine != theirs { return mine < theirs }
        }
        return name.count < other.count
    }

    /// Holds the security token, if there is one: whoever takes it wipes it.
    package func text() throws(DatapanelError) -> Bytes {
        var text = Bytes()
        // All at once: a buffer that grows leaves copies of a secret behind.
        try text.reserve(sizeLimit)
        try text.append(method)
        try text.append(UInt8(ascii: "\n"))
        let url = SignedURL(url.bytes)
        try url.writePath(to: &text)
        try text.append(UInt8(ascii: "\n"))
        try url.writeQuery(to: &text)
        try text.append(UInt8(ascii: "\n"))
        for header in headers {
            try Self.write(header.name, to: &text)
            try text.append(UInt8(ascii: ":"))
            try text.append(ASCII.trimmed(header.value.bytes))
            try text.append(UInt8(ascii: "\n"))
        }
        try text.append(UInt8(ascii: "\n"))
        try writeNames(to: &text)
        try text.append(UInt8(ascii: "\n"))
        try text.append(ASCII.trimmed(bodyHash.bytes))
        return text
    }

    /// The names of what is signed: "content-type;host;x-sdk-date".
    func writeNames(to bytes: inout Bytes) throws(DatapanelError) {
        for index in headers.indices {
            if index > 0 { try bytes.append(UInt8(ascii: ";")) }
            try Self.write(headers[index].name, to: &bytes)
        }
    }

    private static func write(_ name: Text, to bytes: inout Bytes) throws(DatapanelError) {
        for byte in name.bytes { try bytes.append(ASCII.lower(byte)) }
    }

    /// No byte of a URL becomes more than three, and each part of its query may get a '='.
    private var sizeLimit: Int {
        headers.reduce(method.utf8CodeUnitCount + 4 * url.count + bodyHash.count + 8) {
            $0 + 2 * $1.name.count + $1.value.count + 3
        }
    }
}
