// SPDX-License-Identifier: Apache-2.0

/// A disk in memory, which never fails.
final class MemoryDisk: SpoolDisk {
    /// What is in each file, by its descriptor, and under which numbers files are there.
    private var files: [[UInt8]] = []
    private var names: [UInt64: Int] = [:]

    /// Puts a file there.
    func add(_ number: UInt64, _ bytes: [UInt8]) {
        names[number] = files.count
        files.append(bytes)
    }

    /// What a process finds that comes after.
    func copy() -> MemoryDisk {
        let disk = MemoryDisk()
        (disk.files, disk.names) = (files, names)
        return disk
    }

    /// All files, by their numbers.
    var contents: [(UInt64, [UInt8])] {
        names.sorted { $0.key < $1.key }.map { ($0.key, files[$0.value]) }
    }

    func content(_ file: Int32) -> [UInt8] { files[Int(file)] }

    func segments() throws(SpoolFault) -> [UInt64] { names.keys.sorted() }

    func open(_ number: UInt64, isNew: Bool) throws(SpoolFault) -> Int32 {
        expect((names[number] == nil) == isNew, "segment \(number): new is \(isNew)")
        if isNew { add(number, []) }
        return Int32(names[number]!)
    }

    func close(_ file: Int32) {}

    func reserve(_ file: Int32, _ count: Int) throws(SpoolFault) {}

    func write(
        _ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(SpoolFault) {
        let missing = offset + bytes.count - files[Int(file)].count
        if missing > 0 { files[Int(file)] += [UInt8](repeating: 0, count: missing) }
        files[Int(file)].replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    }

    func read(_ file: Int32, _ range: Range<Int>, to bytes: inout Bytes) throws(SpoolFault) {
        let content = files[Int(file)]
        let isRead = content[range.clamped(to: 0..<content.count)].withUnsafeBytes {
            (try? bytes.append($0)) != nil
        }
        if !isRead { throw .noMemory }
    }

    func count(_ file: Int32) throws(SpoolFault) -> Int { files[Int(file)].count }

    func hold(_ file: Int32) throws(SpoolFault) -> Int32 { file }

    func sync(_ file: Int32) throws(SpoolFault) {}

    func syncFolder() throws(SpoolFault) {}

    func rename(_ number: UInt64, to other: UInt64) throws(SpoolFault) {
        names[other] = names.removeValue(forKey: number)
    }

    func remove(_ number: UInt64) throws(SpoolFault) { names[number] = nil }
}
