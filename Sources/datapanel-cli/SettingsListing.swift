// SPDX-License-Identifier: Apache-2.0
import Datapanel

/// The settings in force, as a file of settings that tells where each of them comes from.
enum SettingsListing {
    /// A later origin counts more.
    static func text(_ config: Config, from origins: [SettingsOptions.Origin]) -> String {
        var rest = SettingKey.allCases
        var parts: [String] = []
        for origin in origins.reversed() {
            let keys = rest.filter { origin.config.text($0) != nil }
            rest.removeAll { origin.config.text($0) != nil }
            if !keys.isEmpty { parts.append(part("from \(origin.name)", keys, config)) }
        }
        parts.reverse()
        parts.append(part("defaults", rest, config))
        return parts.joined(separator: "\n")
    }

    private static func part(_ title: String, _ keys: [SettingKey], _ config: Config) -> String {
        keys.reduce("# \(title)\n") { text, key in
            "\(text)\(key.setting.key) = \(String(cString: config.shown(key)))\n"
        }
    }
}
