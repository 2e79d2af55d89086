// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Where the ids of each object stand in the reply. Made before the call, so that nothing that the
/// service answers can be lost for want of memory.
package final class ItemIds: @unchecked Sendable {
    package let capacity: Int
    private let offsets: UnsafeMutablePointer<UInt32>

    package init(capacity: Int) throws(DatapanelError) {
        guard let memory = calloc(max(capacity, 1), 2 * MemoryLayout<UInt32>.stride) else {
            throw .noMemory("the ids of a reply")
        }
        self.capacity = capacity
        offsets = memory.bindMemory(to: UInt32.self, capacity: 2 * max(capacity, 1))
    }

    deinit { free(offsets) }

    /// 0 where there is none: every reply starts with a bracket.
    package subscript(_ index: Int) -> (id: UInt32, eventId: UInt32) {
        get { (offsets[2 * index], offsets[2 * index + 1]) }
        set {
            offsets[2 * index] = newValue.id
            offsets[2 * index + 1] = newValue.eventId
        }
    }

    package var missingCount: Int {
        var missing = 0
        for index in 0..<capacity where self[index].id == 0 { missing += 1 }
        return missing
    }
}
