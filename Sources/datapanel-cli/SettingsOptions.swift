// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel

/// Where the settings of a command come from: each of these on top of the ones before.
struct SettingsOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("settings")],
        help: ArgumentHelp(
            "A file of key = value lines, read on top of the environment.", valueName: "file"))
    var file: String?

    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A setting, on top of all others; may be repeated.", valueName: "key=value"))
    var assignments: [String] = []

    func validate() throws {
        for text in assignments where !text.contains("=") {
            throw ValidationError("--set takes key=value, not \"\(text)\"")
        }
    }

    /// One place that settings come from.
    struct Origin {
        let name: String
        let config: Config
    }

    /// Each place with what it sets, the last one first in force.
    func origins() throws(DatapanelError) -> [Origin] {
        var origins: [Origin] = []
        var environment = Config()
        try Environment.load(into: &environment)
        origins.append(Origin(name: "the environment", config: environment))
        if let file {
            var config = Config()
            try ConfigFile.load(file, into: &config)
            origins.append(Origin(name: file, config: config))
        }
        if !assignments.isEmpty {
            var config = Config()
            try assign(to: &config)
            origins.append(Origin(name: "--set", config: config))
        }
        return origins
    }

    func config() throws(DatapanelError) -> Config {
        var config = Config()
        try Environment.load(into: &config)
        if let file { try ConfigFile.load(file, into: &config) }
        try assign(to: &config)
        return config
    }

    private func assign(to config: inout Config) throws(DatapanelError) {
        for text in assignments {
            let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let (key, value) = (try engineText(sides[0]), try engineText(sides[1]))
            try config.set(key.bytes, value.bytes)
        }
    }
}

/// A text of the engine's.
func engineText(_ text: some StringProtocol) throws(DatapanelError) -> Text {
    try Array(text.utf8).withUnsafeBufferPointer { bytes throws(DatapanelError) in
        try Text(UnsafeRawBufferPointer(bytes))
    }
}
