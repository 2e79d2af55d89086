// SPDX-License-Identifier: Apache-2.0
import CMachine
import Testing

@testable import Datapanel

struct ChecksumTests {
    /// RFC 3720, B.4, and the usual check value.
    @Test(
        arguments: [
            (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
            ([], 0),
        ] as [([UInt8], UInt32)])
    func isThatOfISCSI(_ bytes: [UInt8], _ expected: UInt32) {
        #expect(withBytes(bytes) { Checksum.of($0) } == expected)
    }

    /// Whichever instructions the machine has.
    @Test func isTheSameOnEveryMachine() {
        var dice = SeededDice(32)
        // Long ones are summed up in blocks of some 500 bytes.
        for count in Array(0..<200) + Array(490..<540) + Array(1_000..<1_060) + [4_000, 65_537] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }
            let salt = UInt32.random(in: 0...UInt32.max, using: &dice)
            let plain = ~dpx_crc32c_anywhere(~salt, bytes, bytes.count)
            #expect(withBytes(bytes) { Checksum.of($0, salt: salt) } == plain)
        }
    }

    @Test func goesOnWhereItEnded() {
        let bytes = Array("what comes in two pieces".utf8)
        for cut in bytes.indices {
            let first = withBytes(Array(bytes[..<cut])) { Checksum.of($0) }
            let whole = withBytes(Array(bytes[cut...])) { Checksum.of($0, salt: first) }
            #expect(whole == withBytes(bytes) { Checksum.of($0) })
        }
    }
}
