// SPDX-License-Identifier: Apache-2.0

/// How many letters must be put in, left out or changed to turn one name into another.
enum EditDistance {
    private static let limit = 64

    /// Only the first 64 bytes of `name` count: no key is longer.
    static func between(_ name: UnsafeRawBufferPointer, _ key: StaticString) -> Int {
        let width = min(key.utf8CodeUnitCount, limit)
        var row = InlineArray<65, Int>(repeating: 0)
        for column in 0...width { row[column] = column }
        for line in 0..<min(name.count, limit) {
            var diagonal = row[0]
            row[0] = line + 1
            for column in 0..<width {
                let same = ASCII.lower(name[line]) == key.utf8Start[column]
                let changed = diagonal + (same ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
            }
        }
        return row[width]
    }
}
