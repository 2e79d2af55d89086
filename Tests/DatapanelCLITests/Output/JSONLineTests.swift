// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct JSONLineTests {
    private func line(_ write: (inout JSONLine) -> Void) -> String {
        var line = JSONLine()
        line.begin()
        write(&line)
        line.end()
        return String(decoding: line.bytes, as: UTF8.self)
    }

    @Test func writesMembers() {
        let text = line {
            $0.add("a", 1)
            $0.add("b", true)
            $0.add("c", "x")
        }
        #expect(text == #"{"a":1,"b":true,"c":"x"}"# + "\n")
        #expect(line { _ in } == "{}\n")
    }

    @Test func escapesWhatCannotStandInAString() {
        let text = line { $0.add("a", "\"\\\n\r\t\u{1}\u{1F}é😀/") }
        #expect(text == #"{"a":"\"\\\n\r\t\u0001\u001fé😀/"}"# + "\n")
    }

    /// It would be two lines otherwise.
    @Test func keepsAValueOfManyLinesOnOne() {
        let text = line { line in
            Array("{\n\"a\":\r\n1}".utf8).withUnsafeBytes { line.add("o", json: $0) }
        }
        #expect(text == "{\"o\":{ \"a\":  1}}\n")
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ])
    func writesBase64(text: String, coded: String) {
        Array(text.utf8).withUnsafeBytes { #expect(base64($0) == coded) }
    }

    @Test func tellsTheFirstOfManyComplaints() {
        var said: [String] = []
        let complaints = Complaints { said.append($0) }
        for number in 0..<1_000 {
            complaints.bad("\(number)")
            complaints.failed("\(number)", "c", "m")
        }
        #expect(said.count == 100 + 1 + 20 + 1)
        #expect(said.filter { $0.contains("--dead-letter") }.count == 2)
    }
}
