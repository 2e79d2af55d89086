// SPDX-License-Identifier: Apache-2.0

/// The objects of a request as they stand in its body: the callers' bytes, with commas between.
/// Shared by reference, so that reports can show a failed object without a copy of it.
package final class ObjectStore: @unchecked Sendable {
    private var joined = Bytes()
    /// Where each object ends in `joined`, as a `UInt32`: a body never reaches 4 GiB.
    private var ends = Bytes()

    init() {}

    package var bytes: UnsafeRawBufferPointer { joined.view }

    package var count: Int { ends.count / MemoryLayout<UInt32>.size }

    package subscript(_ index: Int) -> UnsafeRawBufferPointer {
        let first = index == 0 ? 0 : end(index - 1) + 1
        return UnsafeRawBufferPointer(rebasing: joined.view[first..<end(index)])
    }

    /// Unchanged when it throws.
    func append(_ object: UnsafeRawBufferPointer) throws(DatapanelError) {
        try joined.reserve(object.count + 1)
        try ends.reserve(MemoryLayout<UInt32>.size)
        if count > 0 { try joined.append(UInt8(ascii: ",")) }
        try joined.append(object)
        var end = UInt32(truncatingIfNeeded: joined.count)
        try withUnsafeBytes(of: &end) { bytes throws(DatapanelError) in try ends.append(bytes) }
    }

    func copy() throws(DatapanelError) -> ObjectStore {
        let other = ObjectStore()
        try other.joined.append(joined.view)
        try other.ends.append(ends.view)
        return other
    }

    private func end(_ index: Int) -> Int {
        Int(
            ends.view.loadUnaligned(
                fromByteOffset: index * MemoryLayout<UInt32>.size, as: UInt32.self))
    }
}
