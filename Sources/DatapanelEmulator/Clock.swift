// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The time of day, as the emulator needs it.
struct WallClock: Equatable, Comparable {
    /// Since 1970, UTC.
    var milliseconds: UInt64

    static var now: WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallClock(
            milliseconds: UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000)
    }

    /// Reads the date of a signature: "20251130T235959Z".
    init?(signature text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z")
        else { return nil }
        func number(_ range: Range<Int>) -> Int32? {
            guard bytes[range].allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int32($1 - 0x30) }
        }
        guard let year = number(0..<4), year >= 1970, let month = number(4..<6),
            let day = number(6..<8), let hour = number(9..<11), let minute = number(11..<13),
            let second = number(13..<15)
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
        self.init(milliseconds: UInt64(timegm(&parts)) * 1_000)
        // What is no day of the calendar comes back as another one.
        guard signature == text else { return nil }
    }

    init(milliseconds: UInt64) {
        self.milliseconds = milliseconds
    }

    static func < (left: WallClock, right: WallClock) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// So much later, or earlier; no earlier than 1970.
    func adding(seconds: Int) -> WallClock {
        WallClock(milliseconds: UInt64(max(0, Int(milliseconds) + seconds * 1_000)))
    }

    /// As HTTP writes it: "Sun, 06 Nov 1994 08:49:37 GMT".
    var http: String {
        formatted("%a, %d %b %Y %H:%M:%S GMT")
    }

    /// As the service writes it: "2026-11-24T20:29:00Z+0000".
    var service: String {
        formatted("%Y-%m-%dT%H:%M:%SZ+0000")
    }

    /// As IAM writes it: "2026-11-24T20:29:00.527000Z".
    var identity: String {
        let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
        return formatted("%Y-%m-%dT%H:%M:%S.") + fraction + "000Z"
    }

    /// As signatures write it: "20261124T202900Z".
    var signature: String {
        formatted("%Y%m%dT%H%M%SZ")
    }

    private func formatted(_ format: String) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(unsafeUninitializedCapacity: 40) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                strftime(text.baseAddress, text.count, format, &parts)
            }
        }
    }
}
