// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel

/// `datapanel config`: the settings in force, or the document of all there are.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Shows every setting with its value.",
        discussion: """
            Settings come from the environment (DATAPANEL_ENDPOINT and so on), then from the file, \
            whose lines read key = value. Secrets are never shown.

            \(SettingsDocument.list())
            """)

    @Option(name: .shortAndLong, help: "A file of settings to read on top of the environment.")
    var file: String?

    @Flag(help: "Print the reference of all settings, docs/CONFIGURATION.md.")
    var markdown = false

    @Flag(help: "Fail unless a client could be made with these settings.")
    var check = false

    func validate() throws {
        if markdown && (check || file != nil) {
            throw ValidationError("--markdown prints the reference; it goes with no other option.")
        }
    }

    func run() throws {
        if markdown { return try write(SettingsDocument.text()) }
        do {
            var config = Config()
            try Environment.load(into: &config)
            if let file { try ConfigFile.load(file, into: &config) }
            var text = ""
            for key in SettingKey.allCases {
                text += "\(key.setting.key) = \(String(cString: config.shown(key)))\n"
            }
            try write(text)
            if check { try config.check() }
        } catch let error as DatapanelError {
            throw CommandFailure(description: "\(error.message)")
        }
    }
}
