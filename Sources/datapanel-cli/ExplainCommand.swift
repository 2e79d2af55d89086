// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel
import DatapanelABI

/// `datapanel explain`: rows of the verdict table.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tells what an HTTP status or an error code means and what happens next.",
        discussion: """
            Without an argument it tells all there is.

            EXAMPLES:
              datapanel explain 503
              datapanel explain DP_E_THROTTLED
            """)

    @Argument(help: "A status such as 502, or a code such as DP_E_CONNECT.")
    var what: String?

    @Flag(help: "Print the whole table, docs/OUTCOMES.md.")
    var markdown = false

    func validate() throws {
        if markdown && what != nil {
            throw ValidationError("--markdown prints the whole table; it goes with no argument.")
        }
    }

    func run() throws {
        if markdown { return try write(OutcomesDocument.text()) }
        let found = try situations()
        try write(found.map(Self.paragraph).joined(separator: "\n"))
    }

    private func situations() throws -> [Situation] {
        guard let what else { return Situation.allCases }
        if let status = Int32(what) {
            guard (200...599).contains(status) else {
                throw ValidationError("\(status) is no final HTTP status; those are 200 to 599.")
            }
            return Self.situations(status: status)
        }
        let found = Situation.allCases.filter { "\($0.verdict.code.name)" == what.uppercased() }
        guard !found.isEmpty else {
            let names = Set(Situation.allCases.map { "\($0.verdict.code.name)" }).sorted()
            throw ValidationError(
                "no outcome has the code \(what); there are: \(names.joined(separator: ", "))")
        }
        return found
    }

    /// Everything that a reply with this status can turn out to be.
    private static func situations(status: Int32) -> [Situation] {
        let shapes: [ReplyShape] = [
            .complete, .missingIds, .wrongLength(0), .unusable, .serviceError, .page,
        ]
        var found: [Situation] = []
        for hasRetryAfter in [false, true] {
            for reply in shapes {
                let facts = Facts(status: status, hasRetryAfter: hasRetryAfter, reply: reply)
                if !found.contains(facts.situation) { found.append(facts.situation) }
            }
        }
        return found
    }

    private static func paragraph(_ situation: Situation) -> String {
        let verdict = situation.verdict
        return """
            \(verdict.sign)
              code    \(verdict.code.name)
              stored  \(verdict.stored.name)
              next    \(verdict.next.name): \(verdict.next.meaning)
              advice  \(verdict.advice)

            """
    }
}
