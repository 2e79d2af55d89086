// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct ArraySplitterTests {
    static let steps = [1, 2, 3, 7, 1 << 20]

    @Test(arguments: steps)
    func cutsElements(step: Int) {
        #expect(
            cut(" [ {\"a\":1},\n{\"b\":[1,{}]} , {} ]\n", step: step) == [
                Cut(1, "{\"a\":1}", at: 3), Cut(2, "{\"b\":[1,{}]}", at: 12), Cut(3, "{}", at: 27),
            ])
    }

    @Test(arguments: steps)
    func seesNoEndInStrings(step: Int) {
        let element = #"{"a":"],}[{\"]\\","b":"\\"}"#
        #expect(
            cut("[\(element),{}]", step: step) == [
                Cut(1, element, at: 1), Cut(2, "{}", at: 2 + element.utf8.count),
            ])
    }

    @Test(arguments: steps)
    func hasNoElementInAnEmptyArray(step: Int) {
        for text in ["[]", " [ ]\n", "\u{FEFF}[]"] { #expect(cut(text, step: step) == []) }
    }

    /// What is wrong with one is found where it is checked, and spoils no other.
    @Test(arguments: steps)
    func keepsElementsThatAreNoObjects(step: Int) {
        #expect(
            cut(#"[4,{"d"},,{}}{},]"#, step: step).map(\.text) == ["4", #"{"d"}"#, "", "{}}{}", ""])
    }

    @Test(arguments: steps, ["[{}", "[{},", "[{},{\"a\":", "[{},\"", "[{},{\"a\":\"]"])
    func tellsOfAnArrayThatIsCutOff(step: Int, text: String) {
        let cuts = cut(text, step: step)
        #expect(cuts.last?.flaw == .arrayCutOff)
        #expect(cuts.dropLast().allSatisfy { $0 == Cut(1, "{}", at: 1) })
        #expect(cuts.count == (text == "[{}" ? 1 : 2))
    }

    @Test(arguments: steps)
    func tellsOnceOfWhatStandsBehindTheEnd(step: Int) {
        #expect(cut("[{}] \n", step: step) == [Cut(1, "{}", at: 1)])
        let cuts = cut("[{}]\n{}\n[{}]", step: step)
        #expect(cuts.map(\.flaw) == [nil, .afterArray])
        #expect(cuts.last?.start == 5)
    }

    @Test(arguments: steps)
    func passesOverAnElementAboveTheLimitAndGoesOn(step: Int) {
        let cuts = cut("[{},{\"a\":\"12345\"},{\"b\":1}]", step: step, limit: 10)
        #expect(cuts.map(\.text) == ["{}", "", "{\"b\":1}"])
        #expect(cuts.map(\.flaw) == [nil, .tooLong(bytes: 13), nil])
    }

    /// A line that begins with a bracket is an array only to who guesses.
    @Test func isNotUsedWhereLinesAreAskedFor() {
        #expect(cut("[1]\n", .lines) == [Cut(1, "[1]", at: 0)])
        #expect(cut("[1]\n", .auto) == [Cut(1, "1", at: 1)])
    }
}
