// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel
import Glibc

/// `datapanel spool export`: the objects themselves.
struct ExportSpool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Copies the objects without an outcome, as NDJSON.",
        discussion: """
            Each object stands on a line of its own, with the bytes that the producer was given; \
            but line ends within it become blanks. The objects of one target come in the order in \
            which they were taken. Where there are objects for several targets, say which by \
            --target, or use --with-target. Standard error tells how many there are and how many \
            of them were perhaps sent already: those are there twice when they are sent again.
            """)

    @OptionGroup var place: SpoolArgument
    @OptionGroup var chosen: SpoolTargetOption

    @Flag(help: "Write lines of {\"target\":NAME,\"object\":OBJECT}, one target after the other.")
    var withTarget = false

    @Option(
        help: ArgumentHelp(
            "A new file for them, which only you can read, in place of standard output.",
            valueName: "file"))
    var output = "-"

    func run() throws {
        let owner = SpoolOwner.process(of: place.path)
        let spool = try place.open()
        let views = try chosen.views(of: spool, at: place.path)
        let full = try views.filter { view in
            var count = 0
            try view.forEach { _ in count += 1 }
            return count > 0
        }
        guard full.count <= 1 || withTarget else {
            let names = full.prefix(10).map(\.shownName).joined(separator: ", ")
            throw UsageFailure(
                description: "there are objects for \(full.count) targets (\(names)); "
                    + "choose with --target, or use --with-target")
        }
        var tally = SpoolTally()
        tally.isDamaged = views.contains { $0.isDamaged }
        let file = try newFile()
        do {
            for view in full { try write(view, to: file, &tally) }
            try output == "-" ? file.flush() : file.sync()
        } catch {
            // A part of it would look like the whole.
            if output != "-" { unlink(output) }
            throw error
        }
        if let owner {
            tell("datapanel: process \(owner) uses the spool, and goes on sending from it")
        }
        try tally.end(place.path)
    }

    private func newFile() throws -> LineFile {
        do {
            return try LineFile.new(output)
        } catch let failure as CommandFailure {
            throw UsageFailure(description: failure.description)
        }
    }

    private func write(
        _ view: SpoolTargetView, to file: LineFile, _ tally: inout SpoolTally
    ) throws {
        let before = tally.objects
        var line = JSONLine()
        try view.forEach { object in
            tally.add(object)
            guard withTarget else { return try file.add(Self.line(object.text)) }
            line.begin()
            line.add("target", view.name.description)
            line.add("object", json: object.text)
            line.end()
            try file.add(line.bytes)
        }
        tally.targets += tally.objects > before ? 1 : 0
    }

    /// Line ends stand between the parts of an object only, for JSON has none in its strings.
    static func line(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        text.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + [0x0A]
    }
}
