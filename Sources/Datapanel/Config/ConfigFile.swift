// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A file of `key = value` lines; '#' starts a comment line.
package enum ConfigFile {
    /// Far above any real one; a mistaken path, say to a device, must not eat the memory.
    private static let sizeLimit = 16 << 20

    package static func load(
        _ path: UnsafePointer<CChar>, into config: inout Config
    ) throws(DatapanelError) {
        let shown = Excerpt.of(path, limit: 200)
        var text = Bytes()
        try read(path, shown, into: &text)
        var loaded = config
        try parse(text.view, shown, into: &loaded)
        config = loaded
    }

    package static func parse(
        _ text: UnsafeRawBufferPointer, _ file: Text, into config: inout Config
    ) throws(DatapanelError) {
        var number = 0
        // Some editors begin a file with a byte order mark.
        let mark = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var rest = text[mark...]
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = ASCII.trimmed(UnsafeRawBufferPointer(rebasing: rest[..<end]))
            rest = rest[min(end + 1, rest.endIndex)...]
            if line.count == 0 || line[0] == UInt8(ascii: "#") { continue }
            do throws(DatapanelError) {
                guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
                    throw DatapanelError(.config, "expected key = value")
                }
                try config.set(
                    ASCII.trimmed(UnsafeRawBufferPointer(rebasing: line[..<equals])),
                    ASCII.trimmed(UnsafeRawBufferPointer(rebasing: line[(equals + 1)...])))
            } catch {
                throw error.code == .config ? located(error, file, number) : error
            }
        }
    }

    private static func located(
        _ error: DatapanelError, _ file: Text, _ line: Int
    ) -> DatapanelError {
        DatapanelError(.config, "\(file), line \(line): \(error.message)")
            .with(.key, error[.key])
    }

    private static func read(
        _ path: UnsafePointer<CChar>, _ shown: Text, into text: inout Bytes
    ) throws(DatapanelError) {
        let file = dpx_open_to_read(path)
        guard file >= 0 else { throw failure("opened", shown) }
        defer { close(file) }
        var size = 4_096
        while true {
            try text.reserve(size)
            let got = text.fill(size) { CPosix.read(file, $0.baseAddress, $0.count) }
            if got < 0 && dpx_errno() == EINTR { continue }
            if got < 0 { throw failure("read", shown) }
            if got == 0 { return }
            guard text.count <= sizeLimit else {
                throw DatapanelError(
                    .file, "\(shown) is above \(Size.text(Int64(sizeLimit))); is it the right file?"
                )
            }
            size = min(size * 2, 1 << 20)
        }
    }

    private static func failure(_ verb: StaticString, _ shown: Text) -> DatapanelError {
        let reason = strerror(dpx_errno()).map { Excerpt.of($0, limit: 80) } ?? ""
        return DatapanelError(.file, "\(shown) cannot be \(verb): \(reason)")
    }
}
