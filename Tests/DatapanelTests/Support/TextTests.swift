import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct TextTests {
    @Test func aLiteralIsPutTogether() {
        let name: Text = "inner"
        let word: StaticString = "word"
        let text: Text = "\(name)\(word) \(7) end"
        #expect(text == "innerword 7 end")
        #expect(string(text.pointer) == "innerword 7 end")
        #expect(text.count == 15)
    }

    @Test(arguments: [Int64.min, -10, -1, 0, 9, 10, 1_234_567, .max])
    func numbersAreDecimal(_ number: Int64) {
        let text: Text = "\(number)"
        #expect(text == "\(number)" as String)
        #expect(text.count <= Bytes.numberLimit)
    }

    @Test func anEmptyTextEnds() {
        let none: Text = ""
        let built = TextBuilder().finish()
        #expect(none.count == 0 && none.pointer[0] == 0)
        #expect(built.count == 0 && built.pointer[0] == 0)
    }

    @Test func withoutMemoryATextStaysAsItIs() {
        var text = TextBuilder()
        text.append("before")
        withBytes("x") { text.append(UnsafeRawBufferPointer(start: $0.baseAddress, count: .max)) }
        text.append(", behind")
        #expect(text.finish() == "before")
    }
}
