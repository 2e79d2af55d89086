// SPDX-License-Identifier: Apache-2.0

/// The objects of a target that are on the disk alone: all from a place in its log on that have no
/// outcome. They are read back in order; until none is left, new ones queue up behind them.
struct Backlog {
    /// What is read at once, in bytes.
    static let readCount = 256 << 10

    private(set) var objects = 0
    /// Of a former process's objects only about.
    private(set) var bytes = 0
    /// Where the next one is read.
    var place = SpoolLog<FolderDisk>.Place(number: 0, offset: 0)
    /// The number of the last that was read, or passed over.
    var seen: UInt64 = 0
    /// How many bytes the next read must have.
    var wanted = Backlog.readCount
    /// A part of it is being read; nobody else does.
    var isBeingRead = false
    /// On the monotonic clock, in milliseconds: the disk failed, and has a pause.
    var resumesAt: Int64 = 0
    /// Up to this number they are given up as they are read.
    var purgedThrough: UInt64 = 0

    var isEmpty: Bool { objects == 0 }

    /// Whether some of it is to be given up.
    var isPurging: Bool { !isEmpty && seen < purgedThrough }

    /// One more, the last.
    mutating func add(_ number: UInt64, _ place: SpoolLog<FolderDisk>.Place, _ count: Int) {
        if isEmpty {
            self.place = place
            seen = number - 1
            wanted = Self.readCount
        }
        objects += 1
        bytes += count
    }

    /// All that a former process left.
    mutating func add(recovered objects: Int, bytes: Int) {
        self.objects += objects
        self.bytes += bytes
    }

    mutating func remove(_ count: Int) {
        objects -= 1
        bytes = objects == 0 ? 0 : max(0, bytes - count)
    }
}
