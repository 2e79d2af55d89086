// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Dice for jitter, from the kernel: no seed that forked or cloned machines could share.
package enum Random {
    package static func number() -> UInt64 {
        var value: UInt64 = 0
        let got = getrandom(&value, MemoryLayout<UInt64>.size, 0)
        // Before the kernel's pool is ready a pause may as well depend on the clock.
        return got == MemoryLayout<UInt64>.size ? value : UInt64(truncatingIfNeeded: Clock.unix())
    }
}
