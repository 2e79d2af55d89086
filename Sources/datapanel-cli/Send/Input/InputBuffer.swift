// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The part of an input that was read and not yet cut up.
final class InputBuffer {
    private var memory: UnsafeMutableRawBufferPointer
    private var low = 0
    private var high = 0

    init(size: Int) {
        memory = .allocate(byteCount: size, alignment: 16)
    }

    deinit { memory.deallocate() }

    var window: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[low..<high])
    }

    func drop(_ count: Int) {
        low = min(low + count, high)
    }

    /// Lets `body` write behind the window; it says how much it wrote. What was shown before moves.
    func fill(_ body: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int {
        if low > 0 {
            if high > low, let base = memory.baseAddress {
                memmove(base, base + low, high - low)
            }
            high -= low
            low = 0
        }
        if high > memory.count / 2 { grow() }
        let count = try body(UnsafeMutableRawBufferPointer(rebasing: memory[high...]))
        high += count
        return count
    }

    private func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: memory.count * 2, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<high]))
        memory.deallocate()
        memory = larger
    }
}
