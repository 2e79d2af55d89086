// SPDX-License-Identifier: Apache-2.0

/// A segment in use: where its file is, how far it is written, and how its objects stand.
final class SpoolSegment {
    let header: SpoolSegmentHeader
    var file: Int32
    /// Where the next record begins.
    var end = SpoolSegmentHeader.count
    /// What of it survives a loss of power.
    var syncedEnd = 0
    /// A sync failed: only a copy of it will survive a loss of power.
    var isDoubtful = false
    /// Nothing more is written to it: a write failed, or it is of a former process.
    var isClosed = false
    /// The numbers of its objects; nil while it has none.
    private(set) var numbers: ClosedRange<UInt64>?
    /// A bit for each number: it has its outcome, it was perhaps sent.
    private var done = Bytes()
    private var begun = Bytes()
    private(set) var objects = 0
    /// Objects without an outcome.
    private(set) var live = 0

    /// No segment has more numbers: whatever it holds, its bits take no more memory than this.
    static let spanMax: UInt64 = 1 << 20

    init(_ header: SpoolSegmentHeader, _ file: Int32) {
        self.header = header
        self.file = file
    }

    var isSynced: Bool { syncedEnd == end }

    /// About how many bytes its objects without an outcome have.
    var liveBytes: Int { objects > 0 ? end / objects * live : 0 }

    /// Whether the number of an object can be noted: one that follows, not far away.
    func fits(_ number: UInt64) -> Bool {
        guard let numbers else { return true }
        return number > numbers.upperBound && number - numbers.lowerBound < Self.spanMax
    }

    /// Notes an object that `fits`. Numbers between may be missing, where records were damaged:
    /// those have no outcome to come. Unchanged when it throws.
    func add(_ number: UInt64) throws(DatapanelError) {
        let first = numbers?.lowerBound ?? number
        let next = numbers.map { $0.upperBound + 1 } ?? number
        let size = Int((number - first) / 8 + 1)
        try done.reserve(max(0, size - done.count))
        try begun.reserve(max(0, size - begun.count))
        while done.count < size { try done.append(0 as UInt8) }
        while begun.count < size { try begun.append(0 as UInt8) }
        for missing in next..<number { Self.set(done.mutableView, missing - first) }
        numbers = first...number
        objects += 1
        live += 1
    }

    func isLive(_ number: UInt64) -> Bool {
        guard let numbers, numbers.contains(number) else { return false }
        return !Self.isSet(done.view, number - numbers.lowerBound)
    }

    func isBegun(_ number: UInt64) -> Bool {
        guard let numbers, numbers.contains(number) else { return false }
        return Self.isSet(begun.view, number - numbers.lowerBound)
    }

    /// Notes that an object has its outcome; once more changes nothing.
    func finish(_ number: UInt64) {
        guard let numbers, isLive(number) else { return }
        Self.set(done.mutableView, number - numbers.lowerBound)
        live -= 1
    }

    func begin(_ number: UInt64) {
        guard let numbers, numbers.contains(number) else { return }
        Self.set(begun.mutableView, number - numbers.lowerBound)
    }

    private static func isSet(_ bits: UnsafeRawBufferPointer, _ bit: UInt64) -> Bool {
        bits[Int(bit / 8)] >> UInt8(bit % 8) & 1 == 1
    }

    private static func set(_ bits: UnsafeMutableRawBufferPointer, _ bit: UInt64) {
        bits[Int(bit / 8)] |= 1 << UInt8(bit % 8)
    }
}
