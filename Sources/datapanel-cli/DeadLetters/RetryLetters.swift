// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel

/// `datapanel dead-letters retry`: sends the objects again.
struct RetryLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Sends the objects of letters again, and removes those that are stored.",
        discussion: """
            Each object goes to the target that it was meant for. What is stored leaves the file; \
            what fails again stays there with its new reason. A letter that says stored = maybe is \
            sent again, too, and the end tells how many may be there twice now. A command that is \
            killed may leave letters whose objects are stored, but never loses one.

            The first Ctrl-C (or SIGTERM) leaves 10 seconds to what is under way; the second one \
            ends the process at once. Settings come from the environment, then from the file, \
            then from --set, as for datapanel send; dead_letter.path, spool.path and reports do \
            not count.

            EXIT STATUS:
              0  every object is stored
              1  some are not, or there is no such letter
              2  the arguments, the settings or the file are wrong; nothing was sent
              3  nothing could be sent: not one object is stored
            """)

    @OptionGroup var place: LetterFileArgument
    @OptionGroup var chosen: ChosenLetters
    @OptionGroup var settings: SettingsOptions

    func run() throws {
        let status: SendExit
        do {
            status = try retry()
        } catch let error as DatapanelError {
            throw UsageFailure(description: "\(error.message)")
        }
        if status != .allStored { throw ExitCode(status.rawValue) }
    }

    private func retry() throws -> SendExit {
        StopRequests.take()
        var config = try settings.config()
        config.log = Log({ _, _, text, _ in SendLog.write(text) }, nil)
        // What fails again stays where it is, and each outcome has to be known.
        for (key, value) in [(SettingKey.deadLetterPath, ""), (.spoolPath, ""), (.reports, "all")] {
            let value = try engineText(value)
            try config.set(key, value.bytes)
        }
        try config.check()
        try config.checkProducer()
        let files = LetterFiles(path: place.file)
        let bad = BadLines()
        let lines = try choose(files, bad)
        let claim = try RetryClaim(place.file)
        defer { withExtendedLifetime(claim) {} }
        let end = try Retrying(files, lines, Producer.make(config)).run()
        tell("datapanel: \(end.text)\(bad.summary)")
        return end.tally.exitStatus
    }

    /// Those that are there now: producers may go on.
    private func choose(_ files: LetterFiles, _ bad: BadLines) throws -> Set<LineKey> {
        var choice = chosen.choice
        var lines: Set<LineKey> = []
        for reader in try files.snapshot() {
            while let line = try reader.next() {
                guard let letter = Letter(line) else {
                    bad.note(reader)
                    continue
                }
                if choice.takes(letter) { lines.insert(LineKey(line)) }
            }
        }
        try choice.check(place.file)
        return lines
    }
}
