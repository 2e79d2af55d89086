// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct LineSplitterTests {
    /// However the input arrives.
    static let steps = [1, 2, 3, 7, 1 << 20]

    @Test(arguments: steps)
    func cutsLinesAndCountsBlankOnes(step: Int) {
        let text = "{\"a\":1}\n\n \t\n  {\"b\":2} \r\n{\"c\":3}"
        #expect(
            cut(text, step: step) == [
                Cut(1, "{\"a\":1}", at: 0), Cut(4, "{\"b\":2}", at: 14),
                Cut(5, "{\"c\":3}", at: 24),
            ])
    }

    @Test(arguments: steps)
    func hasNothingWhereThereIsNothing(step: Int) {
        for text in ["", "\n", "  \n\n ", "\r\n", "\u{FEFF}", "\u{FEFF}\n"] {
            #expect(cut(text, step: step) == [], "\(text.debugDescription)")
        }
    }

    @Test(arguments: steps)
    func passesOverTheByteOrderMark(step: Int) {
        #expect(cut("\u{FEFF}{}\n", step: step) == [Cut(1, "{}", at: 3)])
    }

    /// It is the service that says what an object is; a line is whatever stands on it.
    @Test func keepsLinesThatAreNoObjects() {
        #expect(
            cut("x\n{\n}\n", .lines) == [
                Cut(1, "x", at: 0), Cut(2, "{", at: 2), Cut(3, "}", at: 4),
            ])
    }

    @Test(arguments: steps)
    func passesOverALineAboveTheLimitAndGoesOn(step: Int) {
        let long = String(repeating: "x", count: 11)
        let cuts = cut("{}\n\(long)\n{\"a\":1}\n\(long)", .lines, step: step, limit: 10)
        #expect(cuts.map(\.number) == [1, 2, 3, 4])
        #expect(cuts.map(\.text) == ["{}", "", "{\"a\":1}", ""])
        #expect(cuts.map(\.start) == [0, 3, 15, 23])
        #expect(cuts.map(\.flaw) == [nil, .tooLong(bytes: 11), nil, .tooLong(bytes: 11)])
    }

    @Test(arguments: steps)
    func takesALineOfJustTheLimit(step: Int) {
        let line = String(repeating: "x", count: 10)
        #expect(cut("\(line)\n", .lines, step: step, limit: 10) == [Cut(1, line, at: 0)])
    }
}
