// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A file of `key = value` lines; '#' starts a comment line.
package enum ConfigFile {
    /// Far above any real one.
    private static let sizeLimit = 16 << 20

    package static func load(
        _ path: UnsafePointer<CChar>, into config: inout Config
    ) throws(DatapanelError) {
        let path = try Text(UnsafeRawBufferPointer(start: path, count: strlen(path)))
        let file = try TextFile(path, limit: sizeLimit)
        var loaded = config
        try parse(file.text, TextFile.shown(path), into: &loaded)
        if file.isExposed && loaded.hasSecrets(besides: config) { loaded.note(exposed: path) }
        config = loaded
    }

    package static func parse(
        _ text: UnsafeRawBufferPointer, _ file: Text, into config: inout Config
    ) throws(DatapanelError) {
        var lines = Lines(text)
        while let line = lines.next() {
            if line.count == 0 || line[0] == UInt8(ascii: "#") { continue }
            do throws(DatapanelError) {
                guard line.contains(UInt8(ascii: "=")) else {
                    throw DatapanelError(.config, "expected key = value")
                }
                let (key, value) = ASCII.split(line, at: UInt8(ascii: "="))
                try config.set(ASCII.trimmed(key), ASCII.trimmed(value))
            } catch {
                throw error.code == .config ? located(error, file, lines.number) : error
            }
        }
    }

    private static func located(
        _ error: DatapanelError, _ file: Text, _ line: Int
    ) -> DatapanelError {
        DatapanelError(.config, "\(file), line \(line): \(error.message)")
            .with(.key, error[.key])
    }
}
