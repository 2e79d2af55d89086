// SPDX-License-Identifier: Apache-2.0

/// The `Authorization` header of a signed request, taken apart.
///
///     SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders=host;x-sdk-date, Signature=68d1…
struct SignatureHeader: Equatable {
    static let algorithm = "SDK-HMAC-SHA256"

    var access: String
    /// In the order they were signed in.
    var signedHeaders: [String]
    var signature: String

    /// Whether somebody means to sign, in whatever way, and not to log in by other means.
    static func isMeant(by text: String) -> Bool {
        text.hasPrefix("SDK-") || text.hasPrefix("V11-")
    }

    init(_ text: String) throws(SignatureRefusal) {
        let halves = text.split(separator: " ", maxSplits: 1)
        guard let algorithm = halves.first, algorithm == Self.algorithm else {
            throw .algorithm(String(halves.first ?? ""))
        }
        var parts: [Substring: String] = [:]
        for part in halves.dropFirst().joined().split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { throw .malformedHeader }
            parts[sides[0].drop { $0 == " " }] = String(sides[1])
        }
        guard let access = parts["Access"], let signedHeaders = parts["SignedHeaders"],
            let signature = parts["Signature"], parts.count == 3
        else { throw .malformedHeader }
        self.access = access
        self.signedHeaders = signedHeaders.split(separator: ";").map(String.init)
        self.signature = signature
    }
}
