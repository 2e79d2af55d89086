// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Foundation
import Testing

struct DeadLetterTests {
    /// Two producers share a file; other threads look at them, give objects up and close them
    /// meanwhile. Each report tells the truth about the file.
    @Test func theFlagTellsWhatStandsInTheFile() async throws {
        let emulator = try Emulator.start()
        emulator.add(Fault(.reply(status: 400), times: 0))
        let file = FileManager.default.temporaryDirectory
            .appending(path: "datapanel-letters-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let settings = ["dead_letter.path": file.path, "batch.objects": "1"]
        let flagged = try await withThrowingTaskGroup(of: [String].self) { group in
            for name in ["one", "two"] {
                group.addTask {
                    let stream = try Stream(emulator.url, settings)
                    var reports: [Stream.Report] = []
                    for number in 0..<300 {
                        #expect(stream.send("{\"\(name)\":\(number)}").0 == DP_OK)
                        if number % 50 == 49 { _ = stream.purge() }
                        reports += stream.poll(0)
                        #expect(stream.count("objects_taken_total") == number + 1)
                    }
                    reports += stream.close(20).left
                    while case let more = stream.poll(0), !more.isEmpty { reports += more }
                    #expect(reports.count == 300)
                    #expect(stream.count("dead_letters_failed_total") == 0)
                    let kept = reports.filter(\.isDeadLettered)
                    #expect(stream.count("dead_letters_total") == kept.count)
                    #expect(
                        reports.allSatisfy { $0.code != DP_E_REJECTED || $0.isDeadLettered })
                    return kept.map { $0.payload ?? "" }
                }
            }
            return try await group.reduce([], +)
        }
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let objects = lines.map { line in
            line.split(separator: "\"object\":").last.map { "\($0.dropLast())" } ?? ""
        }
        #expect(objects.count > 0 && objects.sorted() == flagged.sorted())
    }
}
