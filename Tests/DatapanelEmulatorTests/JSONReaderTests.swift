// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import DatapanelEmulator

struct JSONReaderTests {
    private func verdict(_ text: String) -> JSONError? {
        verdict(Array(text.utf8))
    }

    private func verdict(_ bytes: [UInt8]) -> JSONError? {
        var reader = JSONReader(bytes)
        do throws(JSONError) {
            try reader.skip()
            try reader.end()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "{}", "[]", " {\t\"a\" :\r\n[ ] } ", "0", "-0", "10.50", "1E5", "1e-320", "-1.5e+3",
        "123456789012345678901234567890", "\"\"", #""\u0000\ud83d\udea8\/\b\f\n\r\t\"\\""#, "true",
        "false", "null", #"{"a":1,"a":2}"#, #""ключ 🔑 \u007f""#, "\"\u{7F}\u{10FFFF}\"",
        #"[{},[],"",0,null,[[{"a":[]}]]]"#,
    ])
    func acceptsWhatTheGrammarAllows(text: String) {
        #expect(verdict(text) == nil)
    }

    @Test(arguments: [
        ("", 0), (" ", 1), ("{", 1), ("}", 0), ("[", 1), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3),
        (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), (#"{a:1}"#, 1), (#"{"a":1"b":2}"#, 6),
        ("[1}", 2), (#"{"a":1]"#, 6), ("01", 1), ("-", 1), ("1.", 2), (".5", 0), ("1e", 2),
        ("+1", 0), ("NaN", 0), ("tru", 0), ("nulll", 4), ("'a'", 0), ("{} {}", 3),
        (#""abc"#, 4), (#""\x""#, 2), (#""\u12g4""#, 5), (#""\ud83d""#, 1), (#""\ud83dab""#, 1),
        (#""\ud83d\ud83d""#, 1), (#""\udea8""#, 1), ("\"a\tb\"", 2), ("\u{FEFF}{}", 0),
        ("// no\n1", 0),
    ])
    func refusesTheRestAndTellsWhere(text: String, offset: Int) {
        #expect(verdict(text)?.offset == offset)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0xC3], [0xE2, 0x82], [0xE2, 0x41, 0x41], [0xF0, 0x9F, 0x94],
        ] as [[UInt8]])
    func refusesBytesThatAreNotUTF8(sequence: [UInt8]) {
        #expect(verdict([0x22, 0x61] + sequence + [0x22])?.offset == 2)
    }

    @Test(arguments: [0x22, 0x5C, 0x1F, 0x00, 0x80, 0xFF] as [UInt8])
    func seesASpecialByteAtEveryPlaceOfAWord(special: UInt8) {
        for place in 0..<24 {
            var text = [UInt8](repeating: 0x20, count: 24)
            text[place] = special
            #expect(verdict([0x22] + text + [0x22]) != nil)
            text[place] = 0x7F
            #expect(verdict([0x22] + text + [0x22]) == nil)
        }
    }

    @Test func nestsToTheLimitAndNoFurther() {
        let limit = JSONReader.depthLimit
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(verdict(nested(limit)) == nil)
        #expect(verdict(nested(limit + 2))?.offset == limit + 1)
        #expect(verdict(String(repeating: #"{"a":"#, count: 1_000_000)) != nil)
    }

    @Test(arguments: sampleNames) func acceptsTheSamples(name: String) throws {
        for line in try samples(name) { #expect(verdict(line) == nil) }
    }

    @Test func noPrefixOfAnObjectIsAnObject() throws {
        for line in try samples("edge-cases") where line.count < 300 {
            let end = try #require(line.lastIndex(of: UInt8(ascii: "}")))
            for length in 0...end { #expect(verdict(Array(line[..<length])) != nil) }
        }
    }

    @Test func readsStringsWithTheirEscapesUndone() throws {
        var reader = JSONReader(Array(#""a\u00e9\ud83d\udea8\n\"\\\/ ключ""#.utf8))
        #expect(try reader.string() == "aé🚨\n\"\\/ ключ")
    }

    @Test func readsIntegersOnly() throws {
        for (text, value) in [("0", 0), ("-7", -7), ("9223372036854775807", Int.max)] {
            var reader = JSONReader(Array(text.utf8))
            #expect(try reader.integer() == value)
        }
        for text in ["1.0", "1e2", "9223372036854775808", "true", "\"1\""] {
            var reader = JSONReader(Array(text.utf8))
            #expect(throws: JSONError.self) { try reader.integer() }
        }
    }
}
