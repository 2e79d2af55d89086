// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// What a person calls a letter: its ticket, and where several have that, also when its object
/// failed: `7@2026-11-28T16:16:55`. Each producer counts its tickets from 1.
struct LetterName: ExpressibleByArgument, Equatable, Sendable {
    let ticket: UInt64
    let time: String

    init?(argument: String) {
        let sides = argument.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let ticket = UInt64(sides[0]) else { return nil }
        self.ticket = ticket
        time = sides.count == 2 ? String(sides[1]) : ""
    }

    func fits(_ letter: Letter) -> Bool {
        letter.ticket == ticket && letter.finishedAt.hasPrefix(time)
    }

    var text: String { time.isEmpty ? "\(ticket)" : "\(ticket)@\(time)" }
}

/// The letters that a command is for.
struct LetterChoice {
    /// nil for all.
    let names: [LetterName]?
    /// For each name, when the letters that fit it failed.
    private var found: [Set<String>]

    init(_ names: [LetterName]?) {
        self.names = names
        found = [Set<String>](repeating: [], count: names?.count ?? 0)
    }

    /// Says whether the letter is one of them, and takes note of it.
    mutating func takes(_ letter: Letter) -> Bool {
        guard let names else { return true }
        var isTaken = false
        for (index, name) in names.enumerated() where name.fits(letter) {
            found[index].insert(letter.finishedAt)
            isTaken = true
        }
        return isTaken
    }

    /// After all letters were seen: each name has to be one letter's.
    func check(_ path: String) throws {
        for (name, times) in zip(names ?? [], found) {
            if times.isEmpty {
                throw CommandFailure(description: "\(path) has no letter \(name.text)")
            }
            if times.count > 1 {
                let each = times.sorted().prefix(10).map { "\(name.ticket)@\($0)" }
                throw CommandFailure(
                    description: "\(times.count) letters are called \(name.text); say which: "
                        + each.joined(separator: " "))
            }
        }
    }
}
