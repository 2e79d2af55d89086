// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// How the end of a run is told.
enum SummaryFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case text, json
}

/// The end of a run, for people and for programs.
struct Summary: Equatable {
    let tally: Tally
    let requests: Int
    let retries: Int
    let milliseconds: Int

    var perSecond: Int {
        milliseconds > 0 ? tally.stored * 1_000 / milliseconds : 0
    }

    /// One line, without its end.
    var text: String {
        var parts = ["\(grouped(tally.stored)) stored"]
        if tally.possibleDuplicates > 0 {
            parts[0] += " (\(grouped(tally.possibleDuplicates)) perhaps twice)"
        }
        parts.append("\(grouped(tally.failed)) failed")
        if tally.recovered > 0 {
            parts.append("\(grouped(tally.recovered)) of them from the spool")
        }
        if tally.bad > 0 { parts.append("\(grouped(tally.bad)) no objects") }
        if tally.skipped > 0 { parts.append("\(grouped(tally.skipped)) sent before") }
        if tally.unsent > 0 { parts.append("\(grouped(tally.unsent)) not sent") }
        if tally.kept > 0 { parts.append("\(grouped(tally.kept)) kept in the spool") }
        var text = parts.joined(separator: ", ")
        if tally.perhapsStored > 0 {
            text += "; of those not stored \(grouped(tally.perhapsStored)) are stored perhaps"
        }
        text += "; \(grouped(requests)) \(requests == 1 ? "request" : "requests")"
        if retries > 0 { text += ", \(grouped(retries)) repeated" }
        return text + ", \(seconds) s, \(grouped(perSecond)) objects/s"
    }

    /// One object on a line.
    var json: [UInt8] {
        var line = JSONLine()
        line.begin()
        line.add("stored", tally.stored)
        line.add("possible_duplicates", tally.possibleDuplicates)
        line.add("failed", tally.failed)
        line.add("perhaps_stored", tally.perhapsStored)
        line.add("bad", tally.bad)
        line.add("skipped", tally.skipped)
        line.add("unsent", tally.unsent)
        line.add("kept", tally.kept)
        line.add("recovered", tally.recovered)
        line.add("unreadable_files", tally.unreadable)
        line.add("complete", !tally.isCutShort)
        line.add("requests", requests)
        line.add("retries", retries)
        line.add("milliseconds", milliseconds)
        line.add("objects_per_second", perSecond)
        line.add("exit_status", Int(tally.exitStatus.rawValue))
        line.end()
        return line.bytes
    }

    private var seconds: String {
        let tenths = milliseconds / 100
        return "\(tenths / 10).\(tenths % 10)"
    }
}

/// With a comma before each group of three digits.
func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
        if index > 0 && index % 3 == 0 && digit != "-" { text.append(",") }
        text.append(digit)
    }
    return String(text.reversed())
}
