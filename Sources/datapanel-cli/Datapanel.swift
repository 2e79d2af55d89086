// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel
import Glibc

/// The `datapanel` command.
@main
struct DatapanelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datapanel",
        abstract: "Sends objects to the SecMaster data panel.",
        discussion: """
            EXAMPLES:
              datapanel config --check
              datapanel send alerts.ndjson --target name:Alert
              datapanel explain 503

            EXIT STATUS:
              0  success
              1  failure
              2  wrong arguments or settings
            `datapanel send --help` tells of its own.
            """,
        version: "\(version)",
        subcommands: [
            SendCommand.self, DeadLettersCommand.self, SpoolCommand.self, LookupCommand.self,
            ConfigCommand.self, ExplainCommand.self, EmulatorCommand.self,
        ])

    /// As ArgumentParser does it, but for the status of wrong arguments, which is 2 as with most
    /// commands.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as UsageFailure {
            tell("Error: \(failure.description)")
            _exit(2)
        } catch {
            let status = exitCode(for: error)
            guard status == .validationFailure else { exit(withError: error) }
            tell(fullMessage(for: error))
            _exit(2)
        }
    }
}

/// What cannot be begun with these arguments or settings.
struct UsageFailure: Error, CustomStringConvertible {
    let description: String
}
