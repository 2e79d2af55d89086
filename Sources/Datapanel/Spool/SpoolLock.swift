// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A file that one process at a time holds, and no child that `fork` makes of it.
final class SpoolLock {
    private let file: Int32

    /// Of the children: descriptors that they close, or a lock would outlive its owner.
    nonisolated(unsafe) private static var held = InlineArray<64, Int32>(repeating: -1)
    private static let isWatched: Bool =
        pthread_atfork(
            nil, nil,
            {
                for index in SpoolLock.held.indices where SpoolLock.held[index] >= 0 {
                    close(SpoolLock.held[index])
                }
            }) == 0
    private static let slots = Lock(())

    /// `path` is what a person knows the folder by.
    init(in folder: Int32, of path: Text) throws(DatapanelError) {
        _ = Self.isWatched
        let name: Text = "lock"
        defer { withExtendedLifetime(name) {} }
        file = dpx_open_in(folder, name.pointer, O_RDWR | O_CREAT)
        guard file >= 0 else {
            throw SpoolFault(action: "lock", reason: dpx_errno()).error(path)
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let reason = dpx_errno()
            let owner = Self.owner(file)
            close(file)
            if reason != EWOULDBLOCK {
                throw SpoolFault(action: "lock", reason: reason).error(path)
            }
            throw DatapanelError(
                .spool,
                """
                the spool \(TextFile.shown(path)) is in use by process \(owner); each producer \
                needs one of its own
                """)
        }
        let number: Text = "\(Int(getpid()))\n"
        defer { withExtendedLifetime(number) {} }
        ftruncate(file, 0)
        _ = dpx_write_at(file, number.pointer, number.count, 0)
        let held = file
        Self.slots.with { _ in
            for index in Self.held.indices where Self.held[index] < 0 {
                Self.held[index] = held
                return
            }
        }
    }

    deinit {
        let held = file
        Self.slots.with { _ in
            for index in Self.held.indices where Self.held[index] == held { Self.held[index] = -1 }
        }
        close(file)
    }

    private static func owner(_ file: Int32) -> Text {
        var bytes = Bytes()
        try? FolderDisk.read(file, 0..<20, to: &bytes)
        return Excerpt.of(ASCII.trimmed(bytes.view), limit: 20)
    }
}
