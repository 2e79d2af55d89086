import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct JSONScannerTests {
    /// Where a text stops being a JSON object; nil when it is one.
    private func fault(_ bytes: [UInt8]) -> JSONFault? {
        withBytes(bytes) { text in
            do throws(JSONFault) {
                try JSONScanner.checkObject(text)
                return nil
            } catch {
                return error
            }
        }
    }

    private func offset(_ text: String) -> Int? { fault(Array(text.utf8))?.offset }

    @Test(arguments: [
        "{}", " { } ", "\t\r\n{\"a\":1}\n", "{\"\":\"\"}", "{\"a\":[],\"b\":{}}",
        "{\"a\":-0,\"b\":0.5,\"c\":1e9,\"d\":1E+9,\"e\":12.5e-3}",
        "{\"a\":123456789012345678901234567890,\"b\":1e400}",
        "{\"a\":[1,[2,[3,{\"b\":null}]],true,false]}",
        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\ud83d\\ude00\"}",
        "{\"ключ\":\"значение\",\"🔑\":\"\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}\"}",
        "{\"a\":1,\"a\":2}",
    ])
    func acceptsAnyObject(_ text: String) {
        #expect(offset(text) == nil)
    }

    @Test(arguments: [
        ("", 0), ("   ", 3), ("[]", 0), ("\"a\"", 0), ("1", 0), ("null", 0), ("\u{feff}{}", 0),
        ("{", 1), ("{]", 1), ("{,}", 1), ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":}", 5),
        ("{\"a\":1", 6), ("{\"a\":1,", 7), ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("{a:1}", 1),
        ("{\"a\":1]", 6), ("{\"a\":[1}", 7), ("{\"a\":[1,]}", 8), ("{\"a\":1}x", 7), ("{}{}", 2),
        ("{\"a\":01}", 6), ("{\"a\":+1}", 5), ("{\"a\":.5}", 5), ("{\"a\":1.}", 7),
        ("{\"a\":-}", 6),
        ("{\"a\":1e}", 7), ("{\"a\":1e+}", 8), ("{\"a\":NaN}", 5), ("{\"a\":tru}", 5),
        ("{\"a\":nulL}", 5), ("{\"a\":'b'}", 5), ("{\"a\":\"b}", 8), ("{\"a\":\"\t\"}", 6),
        ("{\"a\":\"\\x\"}", 7), ("{\"a\":\"\\u12g4\"}", 10), ("{\"a\":\"\\\"}", 9),
        ("{\"a\":\"\\udc00\"}", 6), ("{\"a\":\"\\ud800\"}", 12), ("{\"a\":\"\\ud800\\u0041\"}", 18),
        ("{\"a\":\u{a0}1}", 5), ("{\"a\":1 /*c*/}", 7),
    ])
    func tellsWhereItIsNone(_ text: String, _ expected: Int) {
        #expect(offset(text) == expected)
    }

    @Test(arguments: [
        [0xFF], [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE2, 0x82],
        [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98],
    ])
    func refusesWhatIsNoUTF8(_ bad: [UInt8]) {
        let text = Array("{\"k\":\"12345678".utf8) + bad + Array("\"}".utf8)
        #expect(fault(text)?.offset == 14)
        #expect(fault(text).map { "\($0.expected)" } == "valid UTF-8")
    }

    @Test func findsAQuoteAtEveryPlaceOfAWord() {
        for length in 0...40 {
            let text = "{\"a\":\"" + String(repeating: "x", count: length) + "\"}"
            #expect(offset(text) == nil)
            #expect(offset(String(text.dropLast(2))) == 6 + length)
        }
    }

    @Test func findsEveryControlCharacterAtEveryPlaceOfAWord() {
        for control in UInt8(0)..<0x20 {
            for place in 0..<16 {
                var text = Array("{\"a\":\"0123456789abcdef\"}".utf8)
                text[6 + place] = control
                #expect(fault(text)?.offset == 6 + place)
            }
        }
    }

    @Test func nestingEndsAt512Levels() {
        func nested(_ levels: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: levels - 1) + "1"
                + String(repeating: "]", count: levels - 1) + "}"
        }
        #expect(offset(nested(512)) == nil)
        #expect(offset(nested(513)) == 5 + 511)
        #expect(offset(String(repeating: "{\"a\":", count: 100_000)) != nil)
    }

    @Test func closesWhatItOpenedAcrossManyLevels() {
        let depth = 200
        var open = ""
        var close = ""
        for level in 0..<depth {
            let isObject = level == 0 || level % 3 == 0
            open += isObject ? "{\"a\":" : "["
            close = (isObject ? "}" : "]") + close
        }
        #expect(offset(open + "1" + close) == nil)
        var wrong = Array((open + "1" + close).utf8)
        let place = open.utf8.count + 1 + 100
        wrong[place] = wrong[place] == UInt8(ascii: "}") ? UInt8(ascii: "]") : UInt8(ascii: "}")
        #expect(fault(wrong)?.offset == place)
    }

    @Test func everyPrefixOfAnObjectIsRefused() {
        let text = Array(#"{"a":[1.5e3,"é\u00e9",true,null,{"b":-0}],"c":"d"}"#.utf8)
        for length in 0..<text.count {
            let offset = fault(Array(text[..<length]))?.offset
            #expect(offset != nil)
            #expect((offset ?? 0) <= length)
        }
    }

    @Test func theMessageSaysWhatToMend() {
        withBytes("{\"a\":1,}") { text in
            let error = failure { try JSONScanner.checkObjectOrExplain(text) }
            #expect(
                error?.message
                    == "not a JSON object: expected a member name in '\"' at byte 7, but found '}'")
            #expect(error?[.offset] == "7")
        }
    }
}

extension JSONScanner {
    fileprivate static func checkObjectOrExplain(_ text: UnsafeRawBufferPointer) throws {
        do throws(JSONFault) {
            try checkObject(text)
        } catch {
            throw error.error("not a JSON object", in: text)
        }
    }
}
