// SPDX-License-Identifier: Apache-2.0
import Datapanel
import DatapanelABI

/// docs/OUTCOMES.md, made from the verdict table.
enum OutcomesDocument {
    static func text() -> String {
        head + Situation.allCases.map(row).joined() + nextHead + nextRows + tail
    }

    private static let head = """
        # Outcomes

        What can come of an attempt, how the library recognises it, and what follows.
        *stored* tells whether the service could hold the objects: `no` is exact,
        because the library knows how much of the body libcurl took, and without the
        last byte no server has a complete request.

        | situation | code | stored | next | what a person can do |
        |---|---|---|---|---|

        """

    private static let nextHead = """

        | next | means |
        |---|---|

        """

    private static let tail = """

        `dp_client_submit` acts on *retry* and *hold* only, and only within its time;
        everything else it reports at once.

        This page is what `datapanel explain --markdown` prints.

        """

    private static func row(_ situation: Situation) -> String {
        let verdict = situation.verdict
        return "| \(verdict.sign) | `\(verdict.code.name)` | \(verdict.stored.name) "
            + "| \(verdict.next.name) | \(verdict.advice) |\n"
    }

    private static var nextRows: String {
        Verdict.Next.allCases.map { "| \($0.name) | \($0.meaning) |\n" }.joined()
    }
}
