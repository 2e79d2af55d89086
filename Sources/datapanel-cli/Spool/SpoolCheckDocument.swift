// SPDX-License-Identifier: Apache-2.0
import Datapanel

/// What `datapanel spool check --json` prints: docs/SPOOL.md tells of its members.
struct SpoolCheckDocument {
    private var targets: [JSONLine] = []
    private var sum = SpoolTally()

    mutating func add(_ view: SpoolTargetView, _ tally: SpoolTally) {
        sum.objects += tally.objects
        sum.perhapsSent += tally.perhapsSent
        sum.isDamaged = sum.isDamaged || view.isDamaged
        var line = JSONLine()
        line.begin()
        line.add("target", view.name.description)
        line.add("segments", view.segments)
        line.add("objects", tally.objects)
        line.add("perhaps_sent", tally.perhapsSent)
        line.add("damaged", view.isDamaged)
        line.add("flaws", list: view.flaws.map(Self.flaw))
        line.end()
        targets.append(line)
    }

    /// A target that cannot be read.
    mutating func add(_ name: Text, unread reason: String) {
        var line = JSONLine()
        line.begin()
        line.add("target", name.description)
        line.add("error", reason)
        line.end()
        targets.append(line)
    }

    func line(_ path: String, _ state: SpoolView.State, _ owner: Int32?) -> [UInt8] {
        var line = JSONLine()
        line.begin()
        line.add("path", path)
        line.add("state", Self.name(state, owner))
        if let owner { line.add("process", Int(owner)) }
        line.add("objects", sum.objects)
        line.add("perhaps_sent", sum.perhapsSent)
        line.add("damaged", sum.isDamaged)
        line.add("targets", list: targets)
        line.end()
        return line.bytes
    }

    static func name(_ state: SpoolView.State, _ owner: Int32?) -> String {
        if owner != nil { return "in_use" }
        return switch state {
        case .closed: "closed"
        case .open: "not_closed"
        case .lostPower: "lost_power"
        }
    }

    private static func flaw(_ flaw: SpoolTargetView.Flaw) -> JSONLine {
        var line = JSONLine()
        line.begin()
        switch flaw {
        case .damage(let segment, let range):
            line.add("kind", "damaged")
            line.add("file", CheckSpool.file(segment))
            line.add("first_byte", range.lowerBound)
            line.add("last_byte", range.upperBound - 1)
        case .unfinished(let segment, let range):
            line.add("kind", "unfinished")
            line.add("file", CheckSpool.file(segment))
            line.add("first_byte", range.lowerBound)
        case .unreadable(let segment):
            line.add("kind", "unreadable")
            line.add("file", CheckSpool.file(segment))
        }
        line.end()
        return line
    }
}
