// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
public import DatapanelEmulator
import Glibc

@main
struct EmulatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datapanel-emulator",
        abstract: "A local stand-in for the SecMaster data panel.",
        discussion: """
            Takes batch-create requests over HTTP, keeps the objects in SQLite, and fails in the \
            ways it is told to over its admin routes. The first line of the output is its URL. \
            It runs until SIGTERM or SIGINT, answers the requests under way, and exits with 0.
            """)

    @Option(help: "The address to listen on.")
    var host = Emulator.Options().host

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port: UInt16 = 0

    @Option(
        name: .customLong("db"),
        help: "The SQLite file to keep the objects in; made when it is not there. (default: memory)"
    )
    var database: String?

    @Option(help: "The project id.")
    var project = Emulator.Options().project

    @Option(help: "The workspace id.")
    var workspace = Emulator.Options().workspace

    @Option(
        help: ArgumentHelp(
            "A data class to have, in place of a built-in one of that name; may be repeated.",
            valueName: "name=id"))
    var dataclass: [DataClass] = []

    @Option(help: "The only name the list of objects may have. (default: both)")
    var listField: Emulator.ListField?

    @Option(help: "The region; the project has its name.")
    var region = Emulator.Options().region

    @Option(help: "A token that is good without asking for it.")
    var token = Emulator.Options().token

    @Option(help: "The user who can ask for tokens.")
    var user = Emulator.Options().account.user

    @Option(help: "The password of the user.")
    var password = Emulator.Options().account.password

    @Option(help: "The account of the user, which IAM calls a domain.")
    var domain = Emulator.Options().account.domain

    @Option(help: "How many seconds the tokens live that were asked for.")
    var tokenSeconds = Emulator.Options().tokenSeconds

    @Option(help: "How many characters these tokens have.")
    var tokenLength = Emulator.Options().tokenLength

    @Option(help: "How many requests each of them is good for. (default: any number)")
    var tokenUses: Int?

    @Option(help: "How many seconds the keys of the metadata service live.")
    var keySeconds = Emulator.Options().keySeconds

    @Flag(help: "Shut out an access key for five minutes after six wrong signatures in a row.")
    var lockOut = false

    @Option(
        parsing: .unconditional, help: "How many seconds the clock of the emulator is ahead.")
    var clockOffset = Emulator.Options().clockOffsetSeconds

    @Option(help: "How many requests it takes in a second before it answers 429. (default: all)")
    var requestsPerSecond: Int?

    @Option(help: "What Retry-After of these answers says. (default: they have none)")
    var retryAfter: Int?

    func validate() throws {
        let texts = [
            ("project", project), ("workspace", workspace), ("host", host),
            ("db", database ?? "memory"),
        ]
        for (flag, value) in texts where value.isEmpty {
            throw ValidationError("--\(flag) must not be empty")
        }
        let ids = [("project", project), ("workspace", workspace)]
        for (flag, id) in ids + dataclass.map({ ("dataclass", $0.id) })
        where id.unicodeScalars.contains(where: { $0 == "/" || $0.value <= 0x20 }) {
            throw ValidationError("--\(flag): \"\(id)\" cannot be a part of a path")
        }
        try validateIdentity()
        var known: Set<String> = []
        for dataclass in options.dataclasses where !known.insert(dataclass.id).inserted {
            throw ValidationError("--dataclass: the id \"\(dataclass.id)\" twice")
        }
    }

    func run() throws {
        let signals = StopSignals()
        let emulator = try Emulator.start(options)
        print(Greeting(emulator).text)
        guard fflush(nil) == 0 else {
            let reason = String(cString: strerror(errno))
            emulator.stop()
            throw CommandFailure(description: "cannot write to standard output: \(reason)")
        }
        signals.wait()
        emulator.stop()
    }

    private var options: Emulator.Options {
        var options = Emulator.Options()
        options.host = host
        options.port = Int(port)
        options.database = database
        options.project = project
        options.workspace = workspace
        options.listField = listField
        options.log = { line in
            // One write, so that lines of other processes on the same terminal stay apart.
            let bytes = Array("\(line)\n".utf8)
            _ = write(STDERR_FILENO, bytes, bytes.count)
        }
        applyIdentity(to: &options)
        for dataclass in dataclass {
            options.dataclasses.removeAll { $0.name == dataclass.name }
            options.dataclasses.append(dataclass)
        }
        return options
    }
}

/// What ends the command, in words for a person.
private struct CommandFailure: Error, CustomStringConvertible {
    let description: String
}

extension Emulator.ListField: ExpressibleByArgument {}

extension DataClass: ExpressibleByArgument {
    public init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1)
        guard sides.count == 2 else { return nil }
        self.init(id: String(sides[1]), name: String(sides[0]))
    }
}
