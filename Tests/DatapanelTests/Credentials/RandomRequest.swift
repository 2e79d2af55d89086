// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

/// A request that Tests/vectors/sign_requests.py has thought of and signed.
struct RandomRequest {
    let method, url: String
    let headers: [(String, String)]
    let body: [UInt8]
    let access, secret, date, canonicalRequest, authorization: String

    /// Gives those of a seed to `body`, one after the other.
    static func forEach(
        seed: Int, count: Int, _ body: (RandomRequest) throws -> Void
    ) throws {
        let script = SigningVector.folder.appending(path: "sign_requests.py").path()
        let stream = try #require(popen("exec python3 '\(script)' \(seed) \(count)", "r"))
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        do {
            while case let length = getline(&line, &capacity, stream), length > 0, let line {
                try body(try RandomRequest(UnsafeRawBufferPointer(start: line, count: length - 1)))
            }
        } catch {
            pclose(stream)
            throw error
        }
        #expect(pclose(stream) == 0)
    }

    private init(_ line: UnsafeRawBufferPointer) throws {
        let fields = try line.split(separator: UInt8(ascii: " ")).map { field in
            try Self.bytes(UnsafeRawBufferPointer(rebasing: field))
        }
        try #require(fields.count == 8)
        func text(_ index: Int) -> String { String(decoding: fields[index], as: UTF8.self) }
        func pair(_ text: some StringProtocol) throws -> (String, String) {
            let colon = try #require(text.utf8.firstIndex(of: UInt8(ascii: ":")))
            return (String(text[..<colon]), String(text[text.utf8.index(after: colon)...]))
        }
        method = text(0)
        url = text(1)
        headers = try text(2).split(separator: "\n").map(pair)
        body = fields[3]
        (access, secret) = try pair(text(4))
        date = text(5)
        canonicalRequest = text(6)
        authorization = text(7)
    }

    /// Of hexadecimal digits; "-" stands for none.
    private static func bytes(_ digits: UnsafeRawBufferPointer) throws -> [UInt8] {
        if digits.count == 1 { return [] }
        func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
        return (0..<digits.count / 2).map { value(digits[2 * $0]) << 4 | value(digits[2 * $0 + 1]) }
    }
}
