// SPDX-License-Identifier: Apache-2.0
import CMachine

/// CRC-32C, the checksum of iSCSI and ext4: it finds what a disk or a torn write has damaged.
enum Checksum {
    /// `salt` makes the checksum of one place worth nothing in another.
    static func of(_ bytes: UnsafeRawBufferPointer, salt: UInt32 = 0) -> UInt32 {
        ~dpx_crc32c(~salt, bytes.baseAddress, bytes.count)
    }
}
