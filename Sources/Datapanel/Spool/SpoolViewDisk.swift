// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The segments of one target, to be read beside a producer that may write to them, use them again
/// or remove them at any time. A descriptor stands for a name, and no file is held open.
///
/// A segment is used again, or goes, only when its objects and those of all segments before have
/// their outcomes. So one that has moved on while it was read counts as empty, and whoever has read
/// all segments, and then reads those with objects once more, finds none that had its outcome
/// before the first look.
final class SpoolViewDisk: SpoolDisk {
    private struct File {
        let number: UInt64
        /// nil where it is none of a segment, or is gone.
        var header: SpoolSegmentHeader?
        /// Behind the last record that was whole: what is before it was written before it, and
        /// nobody writes there any more.
        var end = 0
        /// What begins like a record behind `end`.
        var tail: Range<Int>?

        var isSegment: Bool { header?.number == number }
    }

    /// What is not whole at the end of a segment.
    struct Tail {
        let segment: UInt64
        let range: Range<Int>
        let isNewest: Bool
    }

    private let folder: FolderDisk
    private var files: [File] = []
    /// So many times a file is looked at whose front is just being written.
    private static let looks = 20

    init(_ folder: FolderDisk) {
        self.folder = folder
    }

    var segmentCount: Int { files.count { $0.isSegment } }

    func segments() throws(SpoolFault) -> [UInt64] {
        // The one that is being written to comes last.
        try folder.segments().sorted()
    }

    /// Of all segments that were opened, in their order. What another look finds whole was just
    /// being written.
    func tails() throws(SpoolFault) -> [Tail] {
        let newest = files.last { $0.isSegment }?.number
        var tails: [Tail] = []
        for file in files where file.isSegment {
            guard let range = file.tail else { continue }
            let again = try look(file.number)
            guard again.header == file.header, again.tail == range else { continue }
            tails.append(
                Tail(segment: file.number, range: range, isNewest: file.number == newest))
        }
        return tails
    }

    // MARK: looking

    func open(_ number: UInt64, isNew: Bool) throws(SpoolFault) -> Int32 {
        files.append(try look(number))
        return Int32(truncatingIfNeeded: files.count - 1)
    }

    private func look(_ number: UInt64) throws(SpoolFault) -> File {
        var file = File(number: number)
        for _ in 0..<Self.looks {
            if try look(&file) { break }
            usleep(1_000)
        }
        return file
    }

    /// false when its front is just being written.
    private func look(_ found: inout File) throws(SpoolFault) -> Bool {
        found = File(number: found.number)
        guard let file = try folder.openToRead(found.number) else { return true }
        defer { CPosix.close(file) }
        var bytes = Bytes()
        try folder.read(file, 0..<(try folder.count(file)), to: &bytes)
        let header = try? SpoolSegmentHeader(bytes.view)
        guard try Self.header(of: file) == header else { return false }
        guard let header else {
            found.end = bytes.count
            return bytes.view.prefix(SpoolSegmentHeader.count).allSatisfy { $0 == 0 }
        }
        found.header = header
        found.end = min(SpoolSegmentHeader.count, bytes.count)
        var reader = SpoolReader(bytes.view, salt: header.salt)
        while true {
            switch reader.next() {
            case .record:
                found.end = reader.offset
                found.tail = nil
            case .damage(let range):
                found.tail = (found.tail?.lowerBound ?? range.lowerBound)..<range.upperBound
            case .end, .more:
                return true
            }
        }
    }

    private static func header(of file: Int32) throws(SpoolFault) -> SpoolSegmentHeader? {
        var bytes = Bytes()
        try FolderDisk.read(file, 0..<SpoolSegmentHeader.count, to: &bytes)
        return try? SpoolSegmentHeader(bytes.view)
    }

    private func file(_ descriptor: Int32) -> File? {
        let index = Int(descriptor)
        return files.indices.contains(index) ? files[index] : nil
    }

    func count(_ file: Int32) throws(SpoolFault) -> Int { self.file(file)?.end ?? 0 }

    /// Nothing of what has become another segment meanwhile.
    func read(
        _ descriptor: Int32, _ range: Range<Int>, to bytes: inout Bytes
    ) throws(SpoolFault) {
        guard let known = file(descriptor), let file = try folder.openToRead(known.number) else {
            return
        }
        defer { CPosix.close(file) }
        let count = bytes.count
        try folder.read(file, range.clamped(to: 0..<known.end), to: &bytes)
        // The name first: it changes before the front does.
        guard let there = try folder.openToRead(known.number) else {
            return bytes.shorten(to: count)
        }
        defer { CPosix.close(there) }
        if try Self.header(of: there) != known.header { bytes.shorten(to: count) }
    }

    func hold(_ file: Int32) throws(SpoolFault) -> Int32 { file }

    func close(_ file: Int32) {}

    // MARK: nothing is changed

    /// Files that are no segments yet are those in store, and stay.
    func remove(_ number: UInt64) throws(SpoolFault) {}

    func reserve(_ file: Int32, _ count: Int) throws(SpoolFault) { throw Self.readOnly }

    func write(
        _ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(SpoolFault) { throw Self.readOnly }

    func sync(_ file: Int32) throws(SpoolFault) { throw Self.readOnly }

    func syncFolder() throws(SpoolFault) { throw Self.readOnly }

    func rename(_ number: UInt64, to other: UInt64) throws(SpoolFault) { throw Self.readOnly }

    private static var readOnly: SpoolFault { SpoolFault(action: "change", reason: EROFS) }
}
