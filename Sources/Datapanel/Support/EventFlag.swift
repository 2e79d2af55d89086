// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A flag that an event loop can wait for: its descriptor is readable while it is up.
///
/// Guarded by: its owner.
final class EventFlag {
    let descriptor: Int32
    private var isUp = false

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    static func make() throws(DatapanelError) -> EventFlag {
        let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw DatapanelError(.noMemory, "no descriptor for events; close some and try again")
        }
        return EventFlag(descriptor)
    }

    deinit { close(descriptor) }

    func set(_ up: Bool) {
        guard up != isUp else { return }
        isUp = up
        var count: UInt64 = 1
        if up {
            _ = write(descriptor, &count, MemoryLayout<UInt64>.size)
        } else {
            _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
        }
    }
}
