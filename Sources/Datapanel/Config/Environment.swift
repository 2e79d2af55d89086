// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Settings from `DATAPANEL_…` variables: the key in upper case, with '_' for '.'.
package enum Environment {
    private static let prefix: StaticString = "datapanel_"

    package static func load(into config: inout Config) throws(DatapanelError) {
        var loaded = config
        guard var entry = dpx_environment() else { return }
        while let variable = entry.pointee {
            entry += 1
            let bytes = UnsafeRawBufferPointer(start: variable, count: strlen(variable))
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = UnsafeRawBufferPointer(rebasing: bytes[..<equals])
            guard ASCII.hasPrefixIgnoringCase(name, prefix), isUpper(name) else { continue }
            let value = UnsafeRawBufferPointer(rebasing: bytes[(equals + 1)...])
            do throws(DatapanelError) {
                guard let key = key(name) else { throw unknown(name) }
                try loaded.set(key, value)
            } catch {
                throw error.code == .config ? inVariable(name, error) : error
            }
        }
        config = loaded
    }

    package static func variable(_ key: SettingKey) -> Text {
        var name = TextBuilder()
        name.append("DATAPANEL_")
        let text = key.setting.key
        for index in 0..<text.utf8CodeUnitCount {
            let byte = text.utf8Start[index]
            let letter = byte == UInt8(ascii: ".") ? UInt8(ascii: "_") : ASCII.upper(byte)
            name.append(letter)
        }
        return name.finish()
    }

    /// Variables in lower case are somebody else's.
    private static func isUpper(_ name: UnsafeRawBufferPointer) -> Bool {
        name.allSatisfy { ASCII.upper($0) == $0 }
    }

    private static func key(_ name: UnsafeRawBufferPointer) -> SettingKey? {
        let rest = name.dropFirst(prefix.utf8CodeUnitCount)
        return SettingKey.allCases.first { key in
            let text = key.setting.key
            guard rest.count == text.utf8CodeUnitCount else { return false }
            for (index, byte) in rest.enumerated() {
                let letter = text.utf8Start[index]
                let wanted = letter == UInt8(ascii: ".") ? UInt8(ascii: "_") : ASCII.upper(letter)
                if byte != wanted { return false }
            }
            return true
        }
    }

    private static func unknown(_ name: UnsafeRawBufferPointer) -> DatapanelError {
        let rest = UnsafeRawBufferPointer(rebasing: name.dropFirst(prefix.utf8CodeUnitCount))
        return DatapanelError(
            .config,
            "is no setting; did you mean \(variable(SettingKey.nearest(to: rest)))?")
    }

    private static func inVariable(
        _ name: UnsafeRawBufferPointer, _ error: DatapanelError
    ) -> DatapanelError {
        let name = Excerpt.of(name, limit: 80)
        return DatapanelError(.config, "environment variable \(name): \(error.message)")
            .with(.key, error[.key] ?? name)
    }
}
