// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Conservation: whatever goes wrong, each object has one report, what is reported as stored is
/// stored, what is reported as not stored is not, and no second copy is without its mark.
///
/// LEDGER_OBJECTS=1000000 sends so many, and prints the books; `make soak` does.
struct LedgerTests {
    private static let wanted = ProcessInfo.processInfo.environment["LEDGER_OBJECTS"]

    /// A round ends with everything told: it bounds the memory of the test.
    private static let round = 50_000

    @Test(arguments: ["retry", "fail"])
    func nothingIsLostAndNoDuplicateIsUnmarked(_ policy: String) throws {
        let total = try #require(Int(Self.wanted ?? "\(Self.round)"))
        let ledger = try Ledger(policy: policy)
        while ledger.books.objects < total {
            try ledger.round(min(Self.round, total - ledger.books.objects))
        }
        #expect(ledger.close())
        if Self.wanted != nil { print(Self.table(ledger, policy)) }
        let books = ledger.books
        #expect(books.objects == total)
        #expect(books.lost == 0)
        #expect(books.reportedTwice == 0)
        #expect(books.unmarkedDuplicates == 0)
        #expect(books.missing == 0)
        #expect(books.storedInSpiteOfReport == 0)
        #expect(books.changed == 0)
        // Hundreds of requests: nearly every fault was among them.
        #expect(ledger.faults.count > Ledger.kinds.count * 9 / 10)
        #expect((books.duplicates > 0) == (policy == "retry"))
    }

    private static func table(_ ledger: Ledger, _ policy: String) -> String {
        let books = ledger.books
        let faults = Ledger.kinds.map { kind in
            "  \(ledger.faults[kind.name] ?? 0) × \(kind.name)"
        }
        return """
            ledger, ambiguous.policy = \(policy):
              \(books.objects) objects in \(books.requests) requests, with these faults:
            \(faults.joined(separator: "\n"))
              duplicates at the service: \(books.duplicates), unmarked: \(books.unmarkedDuplicates)
              reports that tell of a doubt: \(books.marked)
              reported as stored, but missing: \(books.missing)
              reported as not stored, but there: \(books.storedInSpiteOfReport)
              payloads that changed: \(books.changed)
              reports too many: \(books.reportedTwice)
              lost: \(books.lost)
            """
    }
}
