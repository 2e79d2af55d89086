// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct InflaterTests {
    /// "hello\n", packed by gzip -n.
    private static let hello: [UInt8] = [
        0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 2, 0, 0x20, 0x30,
        0x3A, 0x36, 6, 0, 0, 0,
    ]

    /// Unpacks with so little room and input at a time.
    private func unpack(_ bytes: [UInt8], step: Int) throws -> (text: String, isWhole: Bool) {
        let inflater = try Inflater()
        var made: [UInt8] = []
        var used = 0
        while used < bytes.count {
            let part = Array(bytes[used..<min(bytes.count, used + step)])
            var room = [UInt8](repeating: 0, count: step)
            let got = try part.withUnsafeBytes { input in
                try room.withUnsafeMutableBytes { try inflater.inflate(input, into: $0) }
            }
            if got == (0, 0) { break }
            used += got.used
            made += room[..<got.made]
        }
        return (String(decoding: made, as: UTF8.self), inflater.isBetweenParts)
    }

    @Test(arguments: [1, 2, 5, 1_000])
    func unpacksPartAfterPart(step: Int) throws {
        #expect(try unpack(Self.hello, step: step) == ("hello\n", true))
        let padded = Self.hello + Self.hello + [0, 0, 0]
        #expect(try unpack(padded, step: step) == ("hello\nhello\n", true))
    }

    @Test func knowsThatItIsCutOff() throws {
        #expect(try unpack(Array(Self.hello.dropLast(3)), step: 5).isWhole == false)
    }

    @Test func refusesWhatIsNotPacked() throws {
        #expect(throws: Inflater.Failure.self) { try unpack(Array("{}\n{}\n".utf8), step: 100) }
        var damaged = Self.hello
        damaged[20] ^= 1
        #expect(throws: Inflater.Failure.self) { try unpack(damaged, step: 100) }
    }
}
