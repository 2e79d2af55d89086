// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import DatapanelEmulator

/// A request signed by somebody else's code, from Tests/vectors.
struct SignatureVector: Decodable, CustomTestStringConvertible {
    struct Input: Decodable {
        struct Body: Decodable {
            let base64: String?
        }

        let ak, sk, date, method: String
        let securityToken: String?
        let body: Body
    }

    struct Expected: Decodable {
        let headersBeforeAuthorization: [[String]]
        let requestTarget, canonicalRequest, payloadHash, authorization: String
        let signedHeaders: String
    }

    let name: String
    let input: Input
    let expected: Expected

    var testDescription: String { name }

    var keys: KnownKeys {
        KnownKeys([
            AccessKey(
                access: input.ak, secret: input.sk, securityToken: input.securityToken)
        ])
    }

    var date: WallClock { WallClock(signature: input.date) ?? WallClock(milliseconds: 0) }

    var request: SignedRequest {
        SignedRequest(
            method: input.method, target: expected.requestTarget,
            headers: expected.headersBeforeAuthorization.map { Header($0[0], $0[1]) },
            body: body)
    }

    /// The vectors give the bytes, and of the one that is too long how it is made.
    private var body: [UInt8] {
        if let base64 = input.body.base64 { return Array(Data(base64Encoded: base64) ?? Data()) }
        let text = String(repeating: "x", count: 100)
        let objects = (0..<10_000).map { #"{"n":\#($0),"t":"\#(text)"}"# }
        return Array(#"{"data_object_list":[\#(objects.joined(separator: ","))]}"#.utf8)
    }

    static let all: [SignatureVector] = {
        struct File: Decodable {
            let vectors: [SignatureVector]
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let path = folder.appending(path: "../../vectors/aksk-vectors.json")
        guard let data = try? Data(contentsOf: path),
            let file = try? decoder.decode(File.self, from: data)
        else { return [] }
        return file.vectors
    }()
}
