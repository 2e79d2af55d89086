// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc

/// `datapanel dead-letters`: what producers with `dead_letter.path` have kept.
struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Shows, sends again or drops what finally failed.",
        discussion: """
            A producer with the setting dead_letter.path adds each object that finally failed to \
            that file, with the reason. FILE stands for it and for its predecessors FILE.1 to \
            FILE.3. Producers may go on adding to it meanwhile.

            A letter is named by its ticket. Each producer counts from 1: where several letters \
            have the same ticket, the time tells them apart, or as much of it as it takes: \
            7@2026-11-28T16:16.

            EXAMPLES:
              datapanel dead-letters list dead.ndjson
              datapanel dead-letters show dead.ndjson 7 | jq .object
              datapanel dead-letters retry dead.ndjson --all
              datapanel dead-letters drop dead.ndjson 7 12

            EXIT STATUS:
              0  success
              1  there is no such letter, or several are meant perhaps
              2  the arguments, the settings or the file are wrong
            `datapanel dead-letters retry --help` tells of its own.
            """,
        subcommands: [
            ListLetters.self, ShowLetters.self, RetryLetters.self, DropLetters.self,
        ])
}

struct LetterFileArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The file of dead letters.", valueName: "file"))
    var file: String
}

struct ListLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Prints a line for each letter, the oldest first.",
        discussion: """
            The line tells ticket, time, target, code, whether the object is stored perhaps, and \
            the begin of the message. The letters are counted on standard error.
            """)

    @OptionGroup var place: LetterFileArgument

    @Flag(help: "Print each letter as a JSON object, with the size of its object in its place.")
    var json = false

    func run() throws {
        let bad = BadLines()
        let output = try LineFile("-")
        var (count, perhaps) = (0, 0)
        for reader in try LetterFiles(path: place.file).snapshot() {
            while let line = try reader.next() {
                guard let letter = Letter(line) else {
                    bad.note(reader)
                    continue
                }
                count += 1
                perhaps += letter.isPerhapsStored ? 1 : 0
                try output.add((json ? letter.summary : Array(letter.shown.utf8)) + [0x0A])
            }
        }
        try output.flush()
        let letters = "\(grouped(count)) \(count == 1 ? "letter" : "letters")"
        let maybe = perhaps > 0 ? ", \(grouped(perhaps)) of them stored perhaps" : ""
        tell("datapanel: \(letters)\(maybe)\(bad.summary)")
    }
}

struct ShowLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints letters as they stand in the file, with their objects.")

    @OptionGroup var place: LetterFileArgument

    @Argument(help: ArgumentHelp("Which ones: TICKET or TICKET@TIME.", valueName: "ticket"))
    var names: [LetterName]

    func run() throws {
        let bad = BadLines()
        var choice = LetterChoice(names)
        var found: [[UInt8]] = []
        for reader in try LetterFiles(path: place.file).snapshot() {
            while let line = try reader.next() {
                guard let letter = Letter(line) else {
                    bad.note(reader)
                    continue
                }
                if choice.takes(letter) { found.append(line) }
            }
        }
        try choice.check(place.file)
        let output = try LineFile("-")
        for line in found { try output.add(line + [0x0A]) }
        try output.flush()
    }
}

/// Which letters a command is for that changes them.
struct ChosenLetters: ParsableArguments {
    @Argument(help: ArgumentHelp("Which ones: TICKET or TICKET@TIME.", valueName: "ticket"))
    var names: [LetterName] = []

    @Flag(help: "All letters that are there now.")
    var all = false

    func validate() throws {
        if all == !names.isEmpty {
            throw ValidationError("say which letters by their tickets, or --all")
        }
    }

    var choice: LetterChoice { LetterChoice(all ? nil : names) }
}

struct DropLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Removes letters for good.",
        discussion: "Lines that are no letters stay, with --all, too.")

    @OptionGroup var place: LetterFileArgument
    @OptionGroup var chosen: ChosenLetters

    func run() throws {
        let files = LetterFiles(path: place.file)
        let bad = BadLines()
        let count = try files.locked {
            var choice = chosen.choice
            for reader in try files.read() {
                while let line = try reader.next() {
                    if let letter = Letter(line) { _ = choice.takes(letter) }
                }
            }
            try choice.check(place.file)
            var count = 0
            try files.rewrite { line, reader in
                guard let letter = Letter(line) else {
                    bad.note(reader)
                    return .keep
                }
                guard choice.takes(letter) else { return .keep }
                count += 1
                return .drop
            }
            return count
        }
        let letters = "\(grouped(count)) \(count == 1 ? "letter" : "letters")"
        tell("datapanel: \(letters) dropped\(bad.summary)")
    }
}
