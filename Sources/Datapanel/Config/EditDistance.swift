// SPDX-License-Identifier: Apache-2.0

/// How many letters must be put in, left out or changed to turn one name into another.
enum EditDistance {
    private static let limit = 64

    /// The shorter way to a key or to its last word: "token" means "auth.token".
    static func between(_ name: UnsafeRawBufferPointer, keyOrLastWord key: StaticString) -> Int {
        let letters = UnsafeRawBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        let whole = between(name, letters)
        guard let dot = letters.lastIndex(of: UInt8(ascii: ".")) else { return whole }
        let word = UnsafeRawBufferPointer(rebasing: letters[(dot + 1)...])
        return min(whole, between(name, word) + 1)
    }

    /// Only the first 64 bytes of `name` count: no key is longer.
    static func between(_ name: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer) -> Int {
        let width = min(key.count, limit)
        var row = InlineArray<65, Int>(repeating: 0)
        for column in 0...width { row[column] = column }
        for line in 0..<min(name.count, limit) {
            var diagonal = row[0]
            row[0] = line + 1
            for column in 0..<width {
                let same = ASCII.lower(name[line]) == ASCII.lower(key[column])
                let changed = diagonal + (same ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
            }
        }
        return row[width]
    }
}
