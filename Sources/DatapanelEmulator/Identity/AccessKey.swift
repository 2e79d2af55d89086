// SPDX-License-Identifier: Apache-2.0

/// A pair of keys to sign requests with.
public struct AccessKey: Sendable, Hashable {
    /// What names the pair in a request.
    public var access: String
    public var secret: String
    /// What goes with temporary keys in `X-Security-Token`; nil for permanent ones.
    public var securityToken: String?

    public init(access: String, secret: String, securityToken: String? = nil) {
        self.access = access
        self.secret = secret
        self.securityToken = securityToken
    }

    public static let permanent = AccessKey(access: "AKEXAMPLE", secret: "SKEXAMPLE")
    public static let temporary = AccessKey(
        access: "AKTEMPORARY", secret: "SKTEMPORARY", securityToken: "emulator-security-token")
}

/// The keys that the emulator knows: those it was started with, and those that its metadata service
/// has given out.
struct KnownKeys {
    struct Entry: Equatable {
        var key: AccessKey
        /// Nil for never.
        var expires: WallClock?
    }

    private var entries: [String: Entry] = [:]

    init(_ keys: [AccessKey]) {
        for key in keys { entries[key.access] = Entry(key: key) }
    }

    subscript(access: String) -> Entry? { entries[access] }

    /// Ends the keys that were made before their time, and tells how many were still good.
    mutating func endIssued(now: WallClock) -> Int {
        var count = 0
        for (access, entry) in entries {
            guard let expires = entry.expires, now < expires else { continue }
            entries[access]?.expires = now
            count += 1
        }
        return count
    }

    /// Makes temporary keys of that life.
    mutating func issue(seconds: Int, now: WallClock) -> Entry {
        entries = entries.filter { !$0.value.isLongGone(now) }
        let key = AccessKey(
            access: "HST" + Random.text(17, of: Random.capitals), secret: Random.text(40),
            securityToken: Random.text(600))
        let entry = Entry(key: key, expires: now.adding(seconds: seconds))
        entries[key.access] = entry
        return entry
    }
}

extension KnownKeys.Entry {
    fileprivate func isLongGone(_ now: WallClock) -> Bool {
        expires.map { IssuedTokens.isLongGone($0, now) } ?? false
    }
}
