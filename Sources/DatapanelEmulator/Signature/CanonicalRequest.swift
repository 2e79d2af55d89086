// SPDX-License-Identifier: Apache-2.0

/// The text that both sides make of a request, so that they sign the same.
struct CanonicalRequest: Equatable {
    var text: String

    /// The gateway's way of putting it on one line, in the message of an error.
    var oneLine: String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "|")
    }

    init(
        _ request: SignedRequest, signedHeaders: [String], payloadHash: String
    ) throws(SignatureRefusal) {
        let parts = request.target.split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var headers = ""
        for name in signedHeaders {
            guard let value = request.header(name) else { throw .missingHeader(name) }
            headers += "\(name):\(value)\n"
        }
        text = [
            request.method, Self.path(parts[0]), Self.query(parts.dropFirst().first ?? ""),
            headers, signedHeaders.joined(separator: ";"), payloadHash,
        ].joined(separator: "\n")
    }

    /// Decoded, encoded again in the one way that there is, and with a slash at its end.
    private static func path(_ path: Substring) -> String {
        let segments = Target.bytes(of: path).split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let text = segments.map(encoded).joined(separator: "/")
        return text.hasSuffix("/") ? text : text + "/"
    }

    private static func query(_ query: Substring) -> String {
        var pairs: [(name: String, value: String)] = []
        for pair in query.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = sides.count > 1 ? sides[1] : ""
            pairs.append(
                (
                    encoded(Target.bytes(of: sides[0], plusIsSpace: true)[...]),
                    encoded(Target.bytes(of: value, plusIsSpace: true)[...])
                ))
        }
        return pairs.sorted { $0 < $1 }.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    private static func encoded(_ bytes: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.append(byte)
            default:
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}
