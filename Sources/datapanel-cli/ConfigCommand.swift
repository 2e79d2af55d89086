// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel

/// `datapanel config`: the settings in force, or the document of all there are.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Shows every setting with its value and where it comes from.",
        discussion: """
            Settings come from the environment (DATAPANEL_ENDPOINT and so on), then from the file, \
            whose lines read key = value, then from --set. Secrets are never shown. Without them \
            the output is a file of settings itself.

            With --check one look-up asks the service whether it takes the credentials. Nothing is \
            changed there.

            EXAMPLES:
              datapanel config --check
              datapanel config -f my.conf --set inflight=8

            EXIT STATUS:
              0  success
              1  the service cannot be reached, or refuses
              2  the settings are wrong

            SETTINGS:
            \(SettingsDocument.list())
            """)

    @OptionGroup var settings: SettingsOptions

    @Flag(help: "Print the reference of all settings, docs/CONFIGURATION.md.")
    var markdown = false

    @Flag(help: "Fail unless a client could be made with these settings and the service takes it.")
    var check = false

    func validate() throws {
        if markdown && (check || settings.file != nil || !settings.assignments.isEmpty) {
            throw ValidationError("--markdown prints the reference; it goes with no other option.")
        }
    }

    func run() throws {
        if markdown { return try write(SettingsDocument.text()) }
        do {
            let config = try settings.config()
            try write(SettingsListing.text(config, from: try settings.origins()))
            guard check else { return }
            try config.check()
            try CredentialCheck(config).run()
        } catch let error as DatapanelError {
            throw UsageFailure(description: "\(error.message)")
        }
    }
}
