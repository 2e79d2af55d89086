// SPDX-License-Identifier: Apache-2.0
import Datapanel

/// docs/CONFIGURATION.md, made from the table of settings.
enum SettingsDocument {
    static func text() -> String {
        head + SettingKey.allCases.map(row).joined() + tail
    }

    /// The same for a terminal: a paragraph for each key.
    static func list() -> String {
        SettingKey.allCases.map { "\($0.setting.key): \($0.setting.doc)" }.joined(separator: "\n")
    }

    private static let head = """
        # Settings

        A setting is a key and a text. Programs give it with `dp_config_set`, as a
        keyword of the Python `Client`, as a line `key = value` of a file, or as an
        environment variable: the key in upper case with `_` for `.`, after
        `DATAPANEL_`, so `request.timeout` is `DATAPANEL_REQUEST_TIMEOUT`.

        Times carry a unit: `500ms`, `30s`, `5m`, `24h`. Sizes may: `65536`, `64KiB`,
        `4MiB`. An unknown key, a value out of range, and two settings that contradict
        each other are errors; nothing is ever clamped.

        | key | takes | default | meaning |
        |---|---|---|---|

        """

    private static let tail = """

        *runtime*: `dp_client_set` can change it in use. *secret*: never shown, logged
        or put into an error.

        This page is what `datapanel config --markdown` prints.

        """

    private static func row(_ key: SettingKey) -> String {
        let setting = key.setting
        let marks = [
            setting.isRuntime ? "*runtime*" : nil, setting.isSecret ? "*secret*" : nil,
        ].compactMap { $0 }
        let meaning = (["\(setting.doc)"] + marks).joined(separator: " ")
        let takes = setting.range.count == 0 ? "\(setting.typeName)" : "\(setting.range)"
        let fallback = "\(setting.fallback)".isEmpty ? "" : "`\(setting.fallback)`"
        return "| `\(setting.key)` | \(takes) | \(fallback) | \(meaning) |\n"
    }
}
