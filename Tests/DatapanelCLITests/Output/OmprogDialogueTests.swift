// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct OmprogDialogueTests {
    private func steps(_ lines: String...) -> [OmprogDialogue.Step] {
        var dialogue = OmprogDialogue()
        return lines.map { line in
            Array(line.utf8).withUnsafeBytes { dialogue.step($0) }
        }
    }

    @Test func confirmsATransactionAtItsEnd() {
        #expect(
            steps("BEGIN TRANSACTION", "{}", "{}", "COMMIT TRANSACTION") == [
                .answer("OK"), .take("DEFER_COMMIT"), .take("DEFER_COMMIT"), .settle,
            ])
    }

    @Test func confirmsALineOutsideByItself() {
        #expect(steps("{}", "{}") == [.takeAndSettle, .takeAndSettle])
        #expect(
            steps("BEGIN TRANSACTION", "COMMIT TRANSACTION", "{}").last == .takeAndSettle)
    }
}
