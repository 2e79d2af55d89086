// SPDX-License-Identifier: Apache-2.0
import CPosix

/// What a file holds that a person wrote: settings, keys. It is wiped after use.
final class TextFile {
    private var bytes = Bytes()
    /// Whether others than its owner can read or write it.
    let isExposed: Bool

    var text: UnsafeRawBufferPointer { bytes.view }

    /// A mistaken path, say to a device, must not eat the memory: the file is not read beyond
    /// `limit`.
    convenience init(_ path: Text, limit: Int) throws(DatapanelError) {
        let file = dpx_open_to_read(path.pointer)
        guard file >= 0 else { throw Self.failure("opened", path) }
        defer { close(file) }
        try self.init(file, path, limit: limit)
    }

    /// One of the vendor's, which are small; nil when there is none. Nothing but a file is read.
    convenience init?(ifThere path: Text) throws(DatapanelError) {
        let file = dpx_open_to_read(path.pointer)
        if file < 0 && (dpx_errno() == ENOENT || dpx_errno() == ENOTDIR) { return nil }
        guard file >= 0 else { throw Self.failure("opened", path) }
        defer { close(file) }
        guard dpx_look_at(file).is_regular != 0 else {
            throw DatapanelError(.file, "\(Self.shown(path)) is no regular file")
        }
        try self.init(file, path, limit: 1 << 20)
    }

    private init(_ file: Int32, _ path: Text, limit: Int) throws(DatapanelError) {
        let facts = dpx_look_at(file)
        isExposed = facts.is_exposed != 0
        // All at once: a buffer that grows leaves copies of a secret behind.
        try bytes.reserve(min(max(Int(facts.size), 0), limit) + 1)
        try read(file, path, limit: limit)
    }

    deinit { bytes.wipe() }

    private func read(_ file: Int32, _ path: Text, limit: Int) throws(DatapanelError) {
        while true {
            if bytes.capacity == bytes.count { try bytes.reserve(4_096) }
            let got = bytes.fill(bytes.capacity - bytes.count) {
                CPosix.read(file, $0.baseAddress, $0.count)
            }
            if got < 0 && dpx_errno() == EINTR { continue }
            if got < 0 { throw Self.failure("read", path) }
            if got == 0 { return }
            guard bytes.count <= limit else {
                throw DatapanelError(
                    .file,
                    "\(Self.shown(path)) is above \(Size.text(Int64(limit))); is it the right file?"
                )
            }
        }
    }

    static func shown(_ path: Text) -> Text { Excerpt.of(path.bytes, limit: 200) }

    private static func failure(_ verb: StaticString, _ path: Text) -> DatapanelError {
        let reason = strerror(dpx_errno()).map { Excerpt.of($0, limit: 80) } ?? ""
        return DatapanelError(.file, "\(shown(path)) cannot be \(verb): \(reason)")
    }
}
