// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Datapanel

/// A request signed by somebody else's code, from Tests/vectors.
struct SigningVector: Decodable, CustomTestStringConvertible {
    struct Input: Decodable {
        struct Body: Decodable {
            let base64: String?
        }

        let ak, sk, date, method, scheme, host: String
        let body: Body
    }

    struct Expected: Decodable {
        let headersBeforeAuthorization: [[String]]
        let requestTarget, canonicalRequest, payloadHash, authorization: String
    }

    let name: String
    let input: Input
    let expected: Expected

    var testDescription: String { name }

    var url: String { "\(input.scheme)://\(input.host)\(expected.requestTarget)" }

    var headers: [(String, String)] {
        expected.headersBeforeAuthorization.map { ($0[0], $0[1]) }
    }

    /// The vectors give the bytes, and of the one that is too long how it is made.
    var body: [UInt8] {
        if let base64 = input.body.base64 { return Array(Data(base64Encoded: base64) ?? Data()) }
        let text = String(repeating: "x", count: 100)
        let objects = (0..<10_000).map { #"{"n":\#($0),"t":"\#(text)"}"# }
        return Array(#"{"data_object_list":[\#(objects.joined(separator: ","))]}"#.utf8)
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../vectors").standardizedFileURL

    static let all: [SigningVector] = {
        struct File: Decodable {
            let vectors: [SigningVector]
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let data = try? Data(contentsOf: folder.appending(path: "aksk-vectors.json")),
            let file = try? decoder.decode(File.self, from: data)
        else { return [] }
        return file.vectors
    }()
}

/// What our signer makes of a request.
struct Signed {
    let canonicalRequest: String
    let authorization: String

    init(
        _ method: String, _ url: String, _ headers: [(String, String)], bodyHash: Text,
        date: String, access: String, secret: String
    ) throws {
        let methods: [String: StaticString] = [
            "GET": "GET", "POST": "POST", "PUT": "PUT", "DELETE": "DELETE",
        ]
        let request = CanonicalRequest(
            try #require(methods[method]), try text(url),
            try headers.map { (try text($0.0), try text($0.1)) }, bodyHash: bodyHash)
        let key = AccessKey(
            access: try text(access), secret: try text(secret), securityToken: nil)
        let canonical = try request.text()
        canonicalRequest = String(decoding: canonical.view, as: UTF8.self)
        authorization = try Signature.authorization(request, date: text(date), key: key).description
    }
}

/// A text of the engine's.
func text(_ string: String) throws -> Text { try withBytes(string) { try Text($0) } }
