// SPDX-License-Identifier: Apache-2.0
import CPosix

/// `ConfigFile.parse`: an input is a file. What is taken from it can be written into another one
/// and means the same there.
enum ConfigTarget {
    static func check(_ file: UnsafeRawBufferPointer) -> Bool {
        var config = Config()
        do throws(DatapanelError) {
            try ConfigFile.parse(file, "fuzz.conf", into: &config)
        } catch {
            expectClear(error, .config)
            expect("\(error.message)".hasPrefix("fuzz.conf, line "), "no line in: \(error.message)")
            return false
        }
        var again = Config()
        let copy = write(config)
        do throws(DatapanelError) {
            try ConfigFile.parse(copy.view, "again.conf", into: &again)
        } catch {
            expect(false, "the same settings are refused: \(error.message)")
        }
        for key in SettingKey.allCases {
            let one = config.text(key).map { Array($0.bytes) }
            let other = again.text(key).map { Array($0.bytes) }
            expect(one == other, "\(key) is another when read again")
            expect(config.number(key) == again.number(key), "\(key) is another number")
            checkShown(config, key)
        }
        do throws(DatapanelError) {
            try config.check()
        } catch {
            expectClear(error, .config)
        }
        return true
    }

    private static func write(_ config: Config) -> Bytes {
        var text = Bytes()
        for key in SettingKey.allCases {
            guard let value = config.text(key) else { continue }
            try? text.append(key.setting.key)
            try? text.append("=")
            try? text.append(value.bytes)
            try? text.append("\n")
        }
        return text
    }

    private static func checkShown(_ config: Config, _ key: SettingKey) {
        let shown = String(cString: config.shown(key))
        if key.setting.isSecret {
            expect(shown.isEmpty || shown == "[redacted]", "\(key) is shown")
        } else if let text = config.text(key) {
            expect(strlen(text.pointer) == text.count, "\(key) has a NUL inside")
        }
    }
}
