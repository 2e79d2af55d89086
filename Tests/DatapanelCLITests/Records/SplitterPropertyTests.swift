// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

/// What holds for any input.
struct SplitterPropertyTests {
    /// Texts of what means something to a splitter; the same ones each time.
    private static func texts(_ count: Int) -> [String] {
        let letters = Array("{}[]\",\\\n\r a1:")
        var seed: UInt64 = 7
        func next(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        return (0..<count).map { _ in
            String((0..<next(40)).map { _ in letters[next(letters.count)] })
        }
    }

    @Test(arguments: InputFormat.allCases)
    func cutsAlikeHoweverTheInputArrives(format: InputFormat) {
        for text in Self.texts(2_000) {
            let text = format == .array ? "[\(text)" : text
            let whole = cut(text, format, limit: 12)
            let differing = [1, 2, 5].filter { cut(text, format, step: $0, limit: 12) != whole }
            if !differing.isEmpty || whole.contains(where: { $0.number < 0 }) {
                Issue.record("\(text.debugDescription) in steps of \(differing): \(whole)")
            }
        }
    }

    /// An empty element stands where it is missing; nothing else is without a text.
    @Test func leavesNothingOutOfLines() {
        for text in Self.texts(2_000) {
            let expected = text.split(omittingEmptySubsequences: true) { $0.isNewline }
                .map { $0.trimmed }.filter { !$0.isEmpty }
            let found = cut(text, .lines).map(\.text)
            // A carriage return inside a line stays there.
            let parts = found.flatMap { $0.split { $0.isNewline }.map(\.trimmed) }
            if parts.filter({ !$0.isEmpty }) != expected {
                Issue.record("\(text.debugDescription): \(found)")
            }
        }
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest = rest.dropFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
        return String(rest)
    }
}
