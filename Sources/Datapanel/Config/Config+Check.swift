// SPDX-License-Identifier: Apache-2.0
import CPosix

extension Config {
    /// Refuses what cannot work together. Nothing is ever clamped: a setting that does not hold
    /// what was written into it is worse than an error.
    package func check() throws(DatapanelError) {
        for key in SettingKey.allCases where key.setting.isNeeded && text(key) == nil {
            throw missing(key, "is needed")
        }
        if text(.authToken) == nil { throw missing(.authToken, "is needed with auth = token") }
        try inOrder(.backoffBase, .backoffCap)
        if let file = text(.tlsCaFile) {
            if !isOn(.tlsVerify) {
                throw clash(
                    .tlsVerify, .tlsCaFile,
                    "tls.verify = false ignores tls.ca_file; set only one of them")
            }
            var status = stat()
            let isFile = stat(file.pointer, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            if !isFile || access(file.pointer, R_OK) != 0 {
                throw DatapanelError(
                    .config,
                    "tls.ca_file: \(Excerpt.of(file.bytes, limit: 200)) is no file that can be read"
                ).with(.key, "tls.ca_file")
            }
        }
    }

    private func missing(_ key: SettingKey, _ why: StaticString) -> DatapanelError {
        let name = key.setting.key
        return DatapanelError(
            .config, "\(name) \(why) and not set; set it, or \(Environment.variable(key))"
        ).with(.key, "\(name)")
    }

    private func inOrder(_ low: SettingKey, _ high: SettingKey) throws(DatapanelError) {
        guard number(low) > number(high) else { return }
        throw clash(
            low, high,
            "\(low.setting.key) = \(Duration.text(number(low))) is longer than "
                + "\(high.setting.key) = \(Duration.text(number(high))); change one of them")
    }

    private func clash(_ one: SettingKey, _ other: SettingKey, _ text: String) -> DatapanelError {
        DatapanelError(.config, text).with(.key, "\(one.setting.key), \(other.setting.key)")
    }
}
