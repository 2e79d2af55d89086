// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel
import Glibc

/// `datapanel spool check`: how a spool stands.
struct CheckSpool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tells how a spool was left, what is in it, and what is damaged.",
        discussion: """
            The first line tells whether a process has it, and else how it was left. For each \
            target a line counts the segments, the objects without an outcome, and those of them \
            that were perhaps sent. A line for each damaged part follows, with the file and the \
            range of bytes. A record at the very end that is not whole is no damage: it is just \
            being written, or its writer was killed before the object was taken.

            With --json all of it is one object on one line, for programs: state is in_use (by \
            process), closed, not_closed or lost_power; damaged is what the exit status tells.
            """)

    @OptionGroup var place: SpoolArgument

    @Flag(help: "Print all of it as one JSON object.")
    var json = false

    func run() throws {
        var owner = SpoolOwner.process(of: place.path)
        let spool = try place.open()
        // One may have begun with it just before its state was read.
        owner = owner ?? SpoolOwner.process(of: place.path)
        if !json { try write("\(place.path): \(Self.state(spool.state, owner))\n") }
        var document = SpoolCheckDocument()
        var (isDamaged, isUnread) = (false, false)
        for name in spool.targets {
            do {
                let view = try reading { () throws(DatapanelError) in try spool.target(name) }
                var tally = SpoolTally()
                try view.forEach { tally.add($0) }
                document.add(view, tally)
                if !json { try write(Self.lines(view, tally)) }
                isDamaged = isDamaged || view.isDamaged
            } catch let failure as UsageFailure {
                tell("datapanel: \(Excerpt.of(name.bytes, limit: 80)): \(failure.description)")
                document.add(name, unread: failure.description)
                isUnread = true
            }
        }
        if json {
            let line = document.line(place.path, spool.state, owner)
            try writeAll(line, to: STDOUT_FILENO, named: "standard output")
        }
        if isUnread { throw ExitCode(2) }
        if isDamaged { throw ExitCode(1) }
    }

    static func state(_ state: SpoolView.State, _ owner: Int32?) -> String {
        if let owner { return "in use by process \(owner)" }
        switch state {
        case .closed:
            return "closed, with all of it on the disk"
        case .open:
            return "no process that can be seen here has it, and the last one did not close it; "
                + "what that wrote is there"
        case .lostPower:
            return "not closed, and the machine has started anew since; what was written last may "
                + "be missing, and what is there was perhaps sent"
        }
    }

    private static func lines(_ view: SpoolTargetView, _ tally: SpoolTally) -> String {
        var text =
            "\(view.shownName): \(counted(view.segments, "segment")), "
            + "\(counted(tally.objects, "object")) without an outcome"
        if tally.perhapsSent > 0 { text += ", \(grouped(tally.perhapsSent)) of them perhaps sent" }
        for flaw in view.flaws { text += "\n\(view.shownName): \(line(flaw))" }
        return text + "\n"
    }

    static func file(_ segment: UInt64) -> String { "\(Hexadecimal.text(segment)).seg" }

    static func line(_ flaw: SpoolTargetView.Flaw) -> String {
        switch flaw {
        case .damage(let segment, let range):
            return "damaged: \(file(segment)), bytes \(range.lowerBound) to \(range.upperBound - 1)"
        case .unfinished(let segment, let range):
            return "unfinished, which is no damage: \(file(segment)), from byte "
                + "\(range.lowerBound) on"
        case .unreadable(let segment):
            return "damaged: \(file(segment)), whose front cannot be read, and so none of it"
        }
    }
}
