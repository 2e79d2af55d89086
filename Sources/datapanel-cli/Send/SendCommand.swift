// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel
import Glibc

/// `datapanel send`: objects from files or standard input go to the service.
struct SendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Sends objects from files or standard input.",
        discussion: SendHelp.discussion)

    @Argument(
        help: ArgumentHelp(
            "Files of NDJSON or of one JSON array, packed when named .gz; - is standard input.",
            valueName: "file"))
    var files: [String] = ["-"]

    @Option(
        help: ArgumentHelp(
            "Where the objects go: the id of a data class, or name:NAME to look it up.",
            valueName: "id"))
    var target: String

    @OptionGroup var settings: SettingsOptions

    @Option(help: "How the objects are written down. (auto: the first character tells)")
    var format = InputFormat.auto

    @Option(
        help: ArgumentHelp(
            "Add a line for each stored object: file, number, offset, id, event_id.",
            valueName: "file"))
    var ids: String?

    @Option(
        help: ArgumentHelp(
            "Add a line for each object that failed: where it was, why, and the object.",
            valueName: "file"))
    var deadLetter: String?

    @Flag(help: "Go on where the run before stopped; keep notes for the next one beside the input.")
    var resume = false

    @Option(help: ArgumentHelp("Keep the notes of --resume in this folder.", valueName: "folder"))
    var state: String?

    @Flag(help: "End at the first line that is no object.")
    var strict = false

    @Flag(help: "Print the first request as it would be sent, and send nothing.")
    var dryRun = false

    @Option(help: "How to tell the end: text on standard error, or json on standard output.")
    var summary = SummaryFormat.text

    @Flag(help: "Answer each line as rsyslog's omprog wants it; needs --dead-letter.")
    var confirm = false

    @Option(
        help: ArgumentHelp(
            "How long what is under way may take after Ctrl-C.", valueName: "seconds"))
    var grace = 10

    @Flag(name: .shortAndLong, help: "Show no progress and no summary.")
    var quiet = false

    func run() throws {
        let status: SendExit
        do {
            status = try send()
        } catch let error as DatapanelError where !error.isOfSettings {
            tell("Error: \(error.message)")
            status = .nothingSent
        } catch let error as DatapanelError {
            throw UsageFailure(description: "\(error.message)")
        } catch let error as CommandFailure {
            throw UsageFailure(description: error.description)
        }
        if status != .allStored { throw ExitCode(status.rawValue) }
    }

    /// Throws when nothing was begun.
    private func send() throws -> SendExit {
        StopRequests.take()
        var config = try settings.config()
        let display = ProgressDisplay(isQuiet: quiet)
        config.log = Log({ _, _, text, _ in SendLog.write(text) }, nil)
        try config.check()
        try config.checkProducer()
        // A wrong name is told of before anything is read.
        let written = try engineText(target)
        let place = try Client.make(config).place(of: written.bytes, timeout: 0)
        config = place.config
        let url = try TargetURL.make(config, place.id.bytes)
        let intake = try Intake(
            Intake.Options(
                paths: files, format: confirm ? .lines : format, limit: Request.bodyLimit,
                resume: resume ? .init(folder: state, destination: "\(url)") : nil),
            complain: display.say)
        if dryRun {
            try DryRun(config, url).run(intake)
            return .allStored
        }
        let spool = config.text(.spoolPath)?.description
        if resume && spool != nil {
            throw ValidationError(
                "--resume and spool.path would both send again what a run left; use one of them")
        }
        let results = Results(
            intake, ids: try ids.map(LineFile.init), deadLetters: try deadLetter.map(LineFile.init),
            isDurable: resume || confirm, spool: spool, Complaints(display.say))
        let producer = try Producer.make(config)
        let options = Sending.Options(
            target: place.id, isStrict: strict, grace: Int64(grace) * 1_000,
            hasSpool: spool != nil, confirms: confirm,
            stepBytes: Int(config.number(.queueBytes)) / 8)
        if files == ["-"] && isatty(STDIN_FILENO) == 1 && !quiet {
            display.say("reading objects from the terminal, one a line; Ctrl-D ends them")
        }
        let end = try Sending(options, producer, intake, results, display).run()
        try report(end)
        return end.tally.exitStatus
    }

    private func report(_ end: Summary) throws {
        switch summary {
        case .json: try writeAll(end.json, to: STDOUT_FILENO, named: "standard output")
        case .text where !quiet: tell("datapanel: \(end.text)")
        case .text: break
        }
    }
}

extension DatapanelError {
    /// Nobody was asked: what was given cannot work.
    fileprivate var isOfSettings: Bool {
        switch code {
        case .config, .argument, .file, .name: true
        default: false
        }
    }
}

/// Lines of the library's log.
enum SendLog {
    static func write(_ text: UnsafePointer<CChar>?) {
        guard let text else { return }
        // A bar that stands there goes away first; it comes again by itself.
        let clear = isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" : ""
        tell("\(clear)datapanel: \(String(cString: text))")
    }
}
