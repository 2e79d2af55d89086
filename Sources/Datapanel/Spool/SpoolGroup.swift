// SPDX-License-Identifier: Apache-2.0

/// Objects that are written at once: so many that a call of the system costs each of them little,
/// and so few that nobody waits long for the lock meanwhile.
struct SpoolGroup {
    private(set) var objects: [SpoolObject] = []
    private var count = 0
    private var ticks: Int64 = 0
    private var queuedAt: Int64 = 0

    static let most = 64
    static let bytesMost = 128 << 10

    var isFull: Bool { objects.count >= Self.most || count >= Self.bytesMost }

    /// Anew; the objects to come count as handed over now.
    mutating func start() {
        objects.removeAll(keepingCapacity: true)
        count = 0
        ticks = Clock.ticks()
        queuedAt = ticks + Clock.unixOffset()
    }

    mutating func add(_ text: UnsafeRawBufferPointer, _ opaque: UnsafeMutableRawPointer?) {
        count += text.count
        objects.append(
            SpoolObject(
                queuedAt: queuedAt, ticks: ticks, opaque: opaque, text: text,
                checksum: Checksum.of(text)))
    }
}
