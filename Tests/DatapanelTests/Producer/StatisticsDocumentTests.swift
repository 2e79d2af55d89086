// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Datapanel

struct StatisticsDocumentTests {
    @Test func everyNameIsDescribed() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/STATISTICS.md")
        let document = try String(contentsOf: root, encoding: .utf8)
        let state = try Simulation().state
        let metrics = ProducerStats.metrics(state)
        for metric in metrics {
            let kind = metric.isLevel ? "level" : "counter"
            #expect(document.contains("| `\(metric.name)` | \(kind) |"))
        }
        for (name, _, _) in ProducerStats.histograms(state) {
            #expect(document.contains("| `\(name)` |"))
        }
    }
}
