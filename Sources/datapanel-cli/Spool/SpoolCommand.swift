// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel

/// `datapanel spool`: what producers with `spool.path` keep on disk.
struct SpoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool",
        abstract: "Looks into what producers keep on disk.",
        discussion: """
            A producer with the setting spool.path keeps each object in that folder, PATH here, \
            until it has its outcome. These commands only read: they change nothing, take no lock \
            and follow no link, so a producer may go on with the folder meanwhile. What they tell \
            is as it stands at that time.

            Only the next producer sends what is left: start one with the same spool.path and \
            settings. Export is for when there is to be none, or for a copy. What was exported \
            from a spool that is used again is sent twice when it is sent from the copy, too.

            EXAMPLES:
              datapanel spool check /var/spool/sensor
              datapanel spool list /var/spool/sensor --json | jq .ticket
              datapanel spool export /var/spool/sensor --output left.ndjson
              datapanel send left.ndjson --target name:Alert

            EXIT STATUS:
              0  success
              1  something is damaged; what is whole was told of all the same
              2  the arguments are wrong, or something cannot be read
            """,
        subcommands: [CheckSpool.self, ListSpool.self, ExportSpool.self])
}

struct SpoolArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The folder that is spool.path of a producer.", valueName: "path"))
    var path: String

    func open() throws -> SpoolView {
        // With a slash at its end a link would be followed.
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        let text = try engineText(path)
        return try reading { () throws(DatapanelError) in try SpoolView(text) }
    }
}

struct SpoolTargetOption: ParsableArguments {
    @Option(help: "Only objects for this target, as the producer was given it.")
    var target: String?

    /// Those that the command is for, as they stand now.
    func views(of spool: SpoolView, at path: String) throws -> [SpoolTargetView] {
        let names = spool.targets.filter { target == nil || $0.description == target }
        if let target, names.isEmpty {
            throw UsageFailure(description: "\(path) has nothing for the target \(target)")
        }
        return try names.map { name in
            try reading { () throws(DatapanelError) in try spool.target(name) }
        }
    }
}

/// What cannot be read ends a command with 2.
func reading<Value>(_ body: () throws(DatapanelError) -> Value) throws -> Value {
    do throws(DatapanelError) {
        return try body()
    } catch {
        throw UsageFailure(description: "\(error.message)")
    }
}

extension SpoolTargetView {
    /// On one line and fit for a terminal.
    var shownName: String { "\(Excerpt.of(name.bytes, limit: 80))" }

    /// Hands each object over until that fails.
    func forEach(_ body: (Object) throws -> Void) throws {
        var failure: (any Error)?
        try reading { () throws(DatapanelError) in
            try forEachObject { object in
                guard failure == nil else { return }
                do { try body(object) } catch { failure = error }
            }
        }
        if let failure { throw failure }
    }

    var isDamaged: Bool {
        flaws.contains { if case .unfinished = $0 { false } else { true } }
    }
}

/// What was found of objects, told at the end on standard error.
struct SpoolTally: Equatable {
    var objects = 0
    var perhapsSent = 0
    var targets = 0
    var isDamaged = false

    mutating func add(_ object: SpoolTargetView.Object) {
        objects += 1
        perhapsSent += object.isPerhapsSent ? 1 : 0
    }

    var text: String {
        var text = counted(objects, "object")
        if targets > 1 { text += " of \(grouped(targets)) targets" }
        if perhapsSent > 0 { text += ", \(grouped(perhapsSent)) of them perhaps sent already" }
        return text
    }

    /// Ends with 1 where something is damaged.
    func end(_ path: String) throws {
        tell("datapanel: \(text)")
        guard isDamaged else { return }
        tell("datapanel: something is damaged; datapanel spool check \(path) tells what")
        throw ExitCode(1)
    }
}

func counted(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
}
