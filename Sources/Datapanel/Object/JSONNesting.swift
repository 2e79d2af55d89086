// SPDX-License-Identifier: Apache-2.0

/// Which containers are open: one bit a level, so that 512 levels are 64 bytes on the stack.
struct JSONNesting {
    enum Kind { case array, object }

    private var bits = InlineArray<8, UInt64>(repeating: 0)
    private(set) var depth = 0
    private(set) var innermost = Kind.array

    /// `depth` must be below `JSONScanner.depthLimit`.
    mutating func push(_ kind: Kind) {
        set(innermost)
        depth &+= 1
        innermost = kind
    }

    mutating func pop() {
        depth &-= 1
        innermost = get()
    }

    private mutating func set(_ kind: Kind) {
        let mask: UInt64 = 1 << UInt64(truncatingIfNeeded: depth & 63)
        let word = (depth >> 6) & 7
        if kind == .object { bits[word] |= mask } else { bits[word] &= ~mask }
    }

    private func get() -> Kind {
        bits[(depth >> 6) & 7] >> UInt64(truncatingIfNeeded: depth & 63) & 1 == 1 ? .object : .array
    }
}
