// SPDX-License-Identifier: Apache-2.0

/// Keeps a log readable while a service is down: a failure like the one before is shown every half
/// minute only.
struct RepeatGate {
    private static let pause: Int64 = 30_000

    private var last = Code.ok
    private var shownAt: Int64 = 0
    private var leftOut = 0

    /// How many like it were left out since one was shown; nil when this is left out, too.
    mutating func admit(_ code: Code, now: Int64) -> Int? {
        if code == last && now - shownAt < Self.pause {
            leftOut += 1
            return nil
        }
        defer { leftOut = 0 }
        let like = code == last ? leftOut : 0
        last = code
        shownAt = now
        return like
    }

    /// All is well; says whether it was not before.
    mutating func recover() -> Bool {
        guard last != .ok else { return false }
        self = RepeatGate()
        return true
    }
}
