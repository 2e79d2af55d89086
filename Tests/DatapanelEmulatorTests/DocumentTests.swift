// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Foundation
import Testing

/// The commands of docs/EMULATOR.md print what stands below them there.
struct DocumentTests {
    /// A block of commands, and the text that they print; "…" stands for anything.
    private struct Step {
        var commands: String
        var printed: [Substring]
    }

    private static let mark = "-- end of a block"

    /// The blocks marked `sh`, each with the block without a mark that follows it.
    private static func steps() throws -> [Step] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = folder.appending(path: "../../docs/EMULATOR.md")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        var steps: [Step] = []
        for (index, block) in text.split(separator: "\n```").enumerated()
        where !index.isMultiple(of: 2) {
            if block.hasPrefix("sh\n") {
                steps.append(Step(commands: String(block.dropFirst(3)), printed: []))
            } else if block.hasPrefix("\n"), let last = steps.indices.last {
                if steps[last].printed.isEmpty {
                    steps[last].printed = block.split(separator: "\n")
                }
            }
        }
        return steps
    }

    /// Whether a line is the one that was shown.
    private static func matches(_ line: Substring, _ shown: Substring) -> Bool {
        let parts = shown.split(separator: "…", omittingEmptySubsequences: false)
        guard let first = parts.first, line.hasPrefix(first) else { return false }
        guard let last = parts.dropFirst().last else { return line == first }
        var rest = line.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }

    @Test func theCommandsPrintWhatIsShown() throws {
        let steps = try Self.steps()
        #expect(steps.count == 9)
        try withEmulator { emulator, _ in
            let script = steps.map(\.commands).joined(separator: "\necho '\(Self.mark)'\n")
                .split(separator: "http://127.0.0.1:8080").joined(separator: emulator.url)
            let shell = try Command("/bin/bash", ["-euo", "pipefail", "-c", script])
            let (status, output, errors) = shell.end()
            #expect(status == 0 && errors.isEmpty, "\(errors)\n\(output)")
            let printed = output.split(
                separator: "\(Self.mark)\n", omittingEmptySubsequences: false)
            try #require(printed.count == steps.count)
            for (step, text) in zip(steps, printed) {
                let lines = text.split(separator: "\n")
                #expect(!lines.isEmpty && lines.count == step.printed.count, "\(text)")
                for (line, shown) in zip(lines, step.printed) {
                    #expect(Self.matches(line, shown), "\(line) is not \(shown)")
                }
            }
        }
    }
}
