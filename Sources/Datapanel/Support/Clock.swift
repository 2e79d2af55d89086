// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The two clocks, and waiting.
package enum Clock {
    /// Milliseconds that only ever go forward: for bounds and pauses.
    @inline(never)
    package static func monotonic() -> Int64 { ticks() / 1_000 }

    /// The same in microseconds.
    static func ticks() -> Int64 { microseconds(CLOCK_MONOTONIC) }

    /// When a wait is over that begins at `start`, on the same clock: not before it has lasted, and
    /// at once where it shall not last at all.
    static func deadline(from start: Int64 = ticks(), after milliseconds: Int64) -> Int64 {
        milliseconds > 0 ? (start + 999) / 1_000 + milliseconds : start / 1_000
    }

    /// What makes Unix time of `ticks`, in microseconds: so one look at a clock tells both.
    static func unixOffset() -> Int64 { unix() - ticks() }

    /// Microseconds of Unix time: for people, never for bounds.
    package static func unix() -> Int64 { microseconds(CLOCK_REALTIME) }

    /// Seconds of Unix time.
    package static func seconds() -> Int64 { unix() / 1_000_000 }

    package static func sleep(milliseconds: Int64) {
        var left = timespec(
            tv_sec: Int(milliseconds / 1_000), tv_nsec: Int(milliseconds % 1_000 * 1_000_000))
        var rest = timespec()
        while nanosleep(&left, &rest) != 0 && dpx_errno() == EINTR { left = rest }
    }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    }
}
