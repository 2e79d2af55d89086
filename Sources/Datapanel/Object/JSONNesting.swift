// SPDX-License-Identifier: Apache-2.0

/// Which containers are open: one bit a level, so that 512 levels are 64 bytes on the stack.
struct JSONNesting {
    /// The 64 innermost levels or fewer, the innermost one lowest: 1 for an object.
    private var bits: UInt64 = 0
    /// Those further out, 64 at a time.
    private var outer = InlineArray<7, UInt64>(repeating: 0)
    private(set) var depth = 0

    @inline(__always)
    var isInObject: Bool { bits & 1 == 1 }

    /// `depth` must be below `JSONScanner.depthLimit`.
    @inline(__always)
    mutating func push(isObject: Bool) {
        if depth & 63 == 0 && depth > 0 {
            outer[depth >> 6 - 1] = bits
            bits = 0
        }
        bits = bits << 1 | (isObject ? 1 : 0)
        depth &+= 1
    }

    /// `depth` must be above 0.
    @inline(__always)
    mutating func pop() {
        depth &-= 1
        bits >>= 1
        if depth & 63 == 0 && depth > 0 { bits = outer[depth >> 6 - 1] }
    }
}
