// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A file block by block, however large it is.
enum FileBlocks {
    /// A file that is not there has none. false when it could not be read to its end.
    @discardableResult
    static func forEach(_ path: Text, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        let file = dpx_open_to_read(path.pointer)
        defer { withExtendedLifetime(path) {} }
        guard file >= 0 else { return dpx_errno() == ENOENT }
        defer { close(file) }
        var block = Bytes()
        guard dpx_look_at(file).is_regular != 0, block.makeRoom(for: 65_536) else { return false }
        while true {
            block.shorten(to: 0)
            let count = block.fill(65_536) { read(file, $0.baseAddress, $0.count) }
            if count < 0 && dpx_errno() == EINTR { continue }
            guard count > 0 else { return count == 0 }
            body(block.view)
        }
    }
}
