// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel

/// `datapanel spool list`: a line for each object.
struct ListSpool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Prints a line for each object without an outcome.",
        discussion: """
            The line tells the ticket, when the object was taken, its target, whether it was sent \
            perhaps (no or maybe), its size in bytes, and its begin. Targets follow each other; \
            the objects of one come in the order in which they were taken. They are counted on \
            standard error.
            """)

    @OptionGroup var place: SpoolArgument
    @OptionGroup var chosen: SpoolTargetOption

    @Flag(help: "Print each line as a JSON object, without the object itself.")
    var json = false

    func run() throws {
        let spool = try place.open()
        let output = try LineFile("-")
        var tally = SpoolTally()
        for view in try chosen.views(of: spool, at: place.path) {
            let before = tally.objects
            try view.forEach { object in
                tally.add(object)
                try output.add(json ? Self.json(object, view) : Self.line(object, view))
            }
            tally.targets += tally.objects > before ? 1 : 0
            tally.isDamaged = tally.isDamaged || view.isDamaged
        }
        try output.flush()
        try tally.end(place.path)
    }

    private static func line(_ object: SpoolTargetView.Object, _ view: SpoolTargetView) -> [UInt8] {
        let parts = [
            padded("\(object.ticket)", 6), "\(Timestamp.text(object.queuedAt))", view.shownName,
            object.isPerhapsSent ? "maybe" : "no   ", padded("\(object.text.count)", 6),
            "\(Excerpt.of(object.text, limit: 80))",
        ]
        return Array("\(parts.joined(separator: "  "))\n".utf8)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }

    private static func json(_ object: SpoolTargetView.Object, _ view: SpoolTargetView) -> [UInt8] {
        var line = JSONLine()
        line.begin()
        line.add("ticket", Int(truncatingIfNeeded: object.ticket))
        line.add("queued_at", "\(Timestamp.text(object.queuedAt))")
        line.add("target", view.name.description)
        line.add("perhaps_sent", object.isPerhapsSent)
        line.add("object_bytes", object.text.count)
        line.end()
        return line.bytes
    }
}
