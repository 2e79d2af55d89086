// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Times for people and programs to read: RFC 3339, in UTC.
package enum Timestamp {
    /// `2026-11-28T16:16:55.000123Z`, of microseconds of Unix time.
    package static func text(_ microseconds: Int64) -> Text {
        var time = time_t(microseconds / 1_000_000)
        var parts = tm()
        gmtime_r(&time, &parts)
        var bytes = Bytes()
        guard bytes.makeRoom(for: 64) else { return "" }
        _ = bytes.fill(32) { room in
            strftime(room.baseAddress, room.count, "%Y-%m-%dT%H:%M:%S.", &parts)
        }
        var text = TextBuilder()
        text.append(bytes.view)
        let fraction = (microseconds % 1_000_000).magnitude
        var unit: UInt64 = 100_000
        while unit > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / unit % 10))
            unit /= 10
        }
        text.append(UInt8(ascii: "Z"))
        return text.finish()
    }
}
