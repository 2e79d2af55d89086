import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct ExcerptTests {
    @Test(arguments: [
        ("", 10, ""), ("plain", 10, "plain"), ("a\nb\tc\u{7f}d", 20, "a b c d"),
        ("0123456789x", 10, "0123456789…"), ("ééé", 5, "éé…"), ("😀😀", 7, "😀…"),
        ("a\u{80}b\u{9b}c\u{9f}\u{a0}", 20, "a b c \u{a0}"),
        ("\u{2027}\u{2028}\u{2029}\u{202a}\u{202e}\u{202f}", 20, "\u{2027}    \u{202f}"),
        ("\u{2065}\u{2066}\u{2069}\u{206a}", 20, "\u{2065}  \u{206a}"),
    ])
    func isShortAndOnOneLine(_ text: String, _ limit: Int, _ expected: String) {
        #expect(withBytes(text) { Excerpt.of($0, limit: limit) } == expected)
    }

    @Test func whatIsNoUTF8IsMarked() {
        #expect(withBytes([0x61, 0xFF, 0xC3, 0x62]) { Excerpt.of($0, limit: 10) } == "a??b")
    }

    @Test func bytesAreNamed() {
        #expect(Excerpt.byte(UInt8(ascii: "x")) == "'x'")
        #expect(Excerpt.byte(0x0A) == "byte 0x0a")
        #expect(Excerpt.byte(0xFF) == "byte 0xff")
    }
}

struct BytesTests {
    @Test func growsAndKeepsWhatItHolds() throws {
        var bytes = Bytes()
        for index in 0..<10_000 { try bytes.append(UInt8(truncatingIfNeeded: index)) }
        #expect(bytes.count == 10_000)
        for index in 0..<10_000 { #expect(bytes.view[index] == UInt8(truncatingIfNeeded: index)) }
    }

    @Test func memoryThatIsNotThereIsAnError() {
        var bytes = Bytes()
        for size in [Int.max, 1 << 60] {
            let error = failure { try bytes.reserve(size) }
            #expect(error?.code == .noMemory)
        }
    }
}
