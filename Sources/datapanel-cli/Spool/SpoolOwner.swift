// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Which process has a spool. Its lock is not touched: one that were taken for a moment might keep
/// a producer from starting.
enum SpoolOwner {
    /// nil when there is none, and when it is where this process cannot see it, as in another
    /// container.
    static func process(of spool: String) -> Int32? {
        let file = open("\(spool)/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        let noted = Int32(text(file).prefix { $0 != "\n" })
        let locks = open("/proc/locks", O_RDONLY | O_CLOEXEC)
        guard locks >= 0 else { return nil }
        defer { close(locks) }
        return holder(
            of: UInt64(status.st_ino), on: device(status.st_dev), noted: noted, text(locks))
    }

    /// As `/proc/locks` has it.
    private static func device(_ number: dev_t) -> String {
        func hex(_ number: UInt64) -> String {
            (number < 16 ? "0" : "") + String(number, radix: 16)
        }
        let (major, minor) = (number >> 8 & 0xFFF, number & 0xFF | number >> 12 & 0xFFF00)
        return "\(hex(UInt64(major))):\(hex(UInt64(minor)))"
    }

    /// Who holds a file, by the text of `/proc/locks`. Some file systems have another device there
    /// than `stat` tells; then the process counts that is `noted` in the file.
    static func holder(
        of inode: UInt64, on device: String, noted: Int32?, _ locks: String
    ) -> Int32? {
        for line in locks.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 6, words[1] == "FLOCK", let process = Int32(words[4]),
                let colon = words[5].lastIndex(of: ":"),
                UInt64(words[5][words[5].index(after: colon)...]) == inode
            else { continue }
            if words[5][..<colon] == device || process == noted { return process }
        }
        return nil
    }

    private static func text(_ file: Int32) -> String {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += block[..<count]
        }
    }
}
