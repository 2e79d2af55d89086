// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The time of day, as the emulator needs it.
struct WallClock: Equatable {
    /// Since 1970, UTC.
    var milliseconds: UInt64

    static var now: WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallClock(
            milliseconds: UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000)
    }

    /// As HTTP writes it: "Sun, 06 Nov 1994 08:49:37 GMT".
    var http: String {
        formatted("%a, %d %b %Y %H:%M:%S GMT")
    }

    /// As the service writes it: "2026-11-24T20:29:00Z+0000".
    var service: String {
        formatted("%Y-%m-%dT%H:%M:%SZ+0000")
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
