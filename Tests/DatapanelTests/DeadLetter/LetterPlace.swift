// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import Datapanel

/// A folder with a file of dead letters, and batches to write to it.
final class LetterPlace {
    let folder: URL
    let file: URL
    private var lastTicket: UInt64 = 0

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "datapanel-letters-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        file = folder.appending(path: "dead.ndjson")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: Text { get throws { try text(file.path) } }

    func open(
        bytes: Int64 = 1 << 20, spool: UInt64? = nil, _ calls: DeadLetterCalls = DeadLetterCalls()
    ) throws -> DeadLetterFile {
        try DeadLetterFile(try path, bytes: bytes, spool: spool, calls)
    }

    /// A batch of failed objects.
    func letters(
        _ objects: [String], target: String = "target", _ outcome: Outcome? = nil
    ) throws -> DeadLetters {
        let batch = Batch(
            target: 0, epoch: 0, startedAt: 0, dueAt: 0, unixOffset: 0, in: BodyBuffer())
        for object in objects {
            lastTicket += 1
            try withBytes(object) {
                try batch.append(
                    $0, ticket: lastTicket, opaque: nil, queuedAt: 1_764_346_615_000_123)
            }
        }
        var standard = Outcome()
        standard.code = .rejected
        standard.message = "refused"
        standard.finishedAt = 1_764_346_616_500_000
        return DeadLetters(
            settlement: Settlement(outcome ?? standard, batch), target: try text(target))
    }

    /// What is in the file, or in one of its predecessors.
    func contents(_ number: Int = 0) -> String {
        let url = number == 0 ? file : folder.appending(path: "dead.ndjson.\(number)")
        return (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    }

    func lines(_ number: Int = 0) -> [Substring] { contents(number).split(separator: "\n") }

    func fill(_ text: String) throws { try Data(text.utf8).write(to: file) }

    func tickets(spool: UInt64) throws -> [UInt64] {
        var found: [UInt64] = []
        let isComplete = try DeadLetterTickets.forEach(in: try path, spool: spool) {
            found.append($0)
        }
        return isComplete ? found : []
    }
}
