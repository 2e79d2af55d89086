// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct SignatureTests {
    @Test func thereAreTwentyVectors() {
        #expect(SigningVector.all.count == 20)
    }

    @Test(arguments: SigningVector.all)
    func vectorsAreReproduced(_ vector: SigningVector) throws {
        let hash = try withBytes(vector.body) { try Digest.of($0) }
        let signed = try Signed(
            vector.input.method, vector.url, vector.headers, bodyHash: hash,
            date: vector.input.date, access: vector.input.ak, secret: vector.input.sk)
        #expect(signed.canonicalRequest == vector.expected.canonicalRequest)
        #expect(signed.authorization == vector.expected.authorization)
        if vector.name != "unsigned-payload" { #expect(hash == vector.expected.payloadHash) }
        #expect(host(vector.url) == vector.input.host)
    }

    /// Against an implementation that has nothing in common with ours.
    @Test(arguments: [1, 2, 3, 4])
    func randomRequestsAreSignedAsPythonSignsThem(_ seed: Int) throws {
        var count = 0
        var dice = SeededDice(UInt64(seed))
        try RandomRequest.forEach(seed: seed, count: 3_000) { request in
            count += 1
            let signed = try Signed(
                request.method, request.url, request.headers,
                bodyHash: try hashInParts(request.body, &dice), date: request.date,
                access: request.access, secret: request.secret)
            // Never show all of them: a flaw would fail thousands.
            try #require(signed.canonicalRequest == request.canonicalRequest, "\(request.url)")
            try #require(signed.authorization == request.authorization)
        }
        #expect(count == 3_000)
    }

    private func hashInParts(_ body: [UInt8], _ dice: inout SeededDice) throws -> Text {
        let digest = try Digest()
        var rest = body[...]
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...200, using: &dice))
            try withBytes(Array(part)) { try digest.add($0) }
            rest = rest.dropFirst(part.count)
        }
        return try digest.finish()
    }

    @Test func aBodyIsHashedWhereItLies() throws {
        let request = try Request()
        for object in [#"{"n":1}"#, #"{"title":"ж"}"#] {
            try withBytes(object) { try request.add($0) }
        }
        let body = try request.body(.dataObject)
        let whole = try body.text()
        defer { whole.pointer.deallocate() }
        let bytes = UnsafeRawBufferPointer(start: whole.pointer, count: whole.count)
        #expect(try body.pieces.hash() == Digest.of(bytes).description)
    }

    @Test(arguments: [
        (Int64(0), "19700101T000000Z"), (1_764_547_199, "20251130T235959Z"),
        (951_782_400, "20000229T000000Z"), (4_102_444_800, "21000101T000000Z"),
    ])
    func datesAreThoseOfUTC(_ seconds: Int64, _ expected: String) throws {
        #expect(try Signature.date(seconds) == expected)
    }

    @Test(arguments: [
        ("https://a", "a"), ("https://a:443", "a"), ("https://a:0443/x", "a"),
        ("https://a:80/x", "a:80"), ("http://a:80", "a"), ("HTTP://A:8080?x", "A:8080"),
        ("http://[::80]", "[::80]"), ("http://[::1]:80/", "[::1]"),
        ("http://[::1]:81/", "[::1]:81"),
    ])
    func theHostHasNoPortThatTheSchemeHas(_ url: String, _ expected: String) {
        #expect(host(url) == expected)
    }

    private func host(_ url: String) -> String {
        withBytes(url) { String(decoding: SignedURL($0).host, as: UTF8.self) }
    }

    @Test(arguments: ["", "h", "https", "https:", "https:/", "https://", "http://?", "http:///%"])
    func noURLIsTooShort(_ url: String) throws {
        let signed = try Signed(
            "GET", url, [], bodyHash: "", date: "", access: "", secret: "")
        #expect(signed.canonicalRequest.hasPrefix("GET\n/"))
    }
}
