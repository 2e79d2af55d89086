// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel

/// The `datapanel` command.
@main
struct DatapanelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datapanel",
        abstract: "Tells what libdatapanel does: its settings, and what it makes of each outcome.",
        version: "\(version)",
        subcommands: [ConfigCommand.self, ExplainCommand.self, LookupCommand.self])
}
