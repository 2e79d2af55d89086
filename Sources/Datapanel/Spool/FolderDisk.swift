// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A folder of the machine, with the segments of one target in it.
final class FolderDisk: SpoolDisk {
    private let folder: Int32

    /// Takes over the descriptor of a folder.
    init(_ folder: Int32) {
        self.folder = folder
    }

    deinit { CPosix.close(folder) }

    // MARK: names

    /// A segment's: its number in 16 hexadecimal digits.
    static func name(_ number: UInt64) throws(SpoolFault) -> Text {
        var name = TextBuilder()
        Hexadecimal.append(number, to: &name)
        name.appendInterpolation(".seg" as StaticString)
        do throws(DatapanelError) { return try name.whole() } catch { throw .noMemory }
    }

    /// nil for what is no segment's.
    static func number(_ name: UnsafeRawBufferPointer) -> UInt64? {
        guard name.count == 20,
            ASCII.equal(UnsafeRawBufferPointer(rebasing: name[16...]), ".seg")
        else { return nil }
        return Hexadecimal.number(UnsafeRawBufferPointer(rebasing: name[..<16]))
    }

    private final class Names {
        var numbers: [UInt64] = []
    }

    func segments() throws(SpoolFault) -> [UInt64] {
        let names = Names()
        let reason = dpx_for_each_name(
            folder,
            { name, context in
                guard let name, let context,
                    let number = FolderDisk.number(
                        UnsafeRawBufferPointer(start: name, count: strlen(name)))
                else { return }
                Unmanaged<Names>.fromOpaque(context).takeUnretainedValue().numbers.append(number)
            }, Unmanaged.passUnretained(names).toOpaque())
        if reason != 0 { throw SpoolFault(action: "list the files of", reason: reason) }
        return names.numbers
    }

    func rename(_ number: UInt64, to other: UInt64) throws(SpoolFault) {
        let (old, new) = (try Self.name(number), try Self.name(other))
        defer { withExtendedLifetime((old, new)) {} }
        try Self.check(renameat(folder, old.pointer, folder, new.pointer), "rename a file of")
    }

    func remove(_ number: UInt64) throws(SpoolFault) {
        let name = try Self.name(number)
        defer { withExtendedLifetime(name) {} }
        try Self.check(unlinkat(folder, name.pointer, 0), "remove a file of")
    }

    func syncFolder() throws(SpoolFault) {
        try Self.check(fsync(folder), "sync a folder of")
    }

    // MARK: files

    /// nil where there is none.
    func openToRead(_ number: UInt64) throws(SpoolFault) -> Int32? {
        let name = try Self.name(number)
        defer { withExtendedLifetime(name) {} }
        let file = dpx_open_in(folder, name.pointer, O_RDONLY)
        if file < 0 && dpx_errno() == ENOENT { return nil }
        try Self.check(file, "open a file of")
        return file
    }

    func open(_ number: UInt64, isNew: Bool) throws(SpoolFault) -> Int32 {
        let name = try Self.name(number)
        defer { withExtendedLifetime(name) {} }
        let file = dpx_open_in(folder, name.pointer, O_RDWR | (isNew ? O_CREAT | O_EXCL : 0))
        try Self.check(file, isNew ? "make a file in" : "open a file of")
        return file
    }

    func close(_ file: Int32) {
        CPosix.close(file)
    }

    func hold(_ file: Int32) throws(SpoolFault) -> Int32 {
        let held = dpx_hold(file)
        try Self.check(held, "open a file of")
        return held
    }

    func count(_ file: Int32) throws(SpoolFault) -> Int {
        Int(truncatingIfNeeded: dpx_look_at(file).size)
    }

    /// Where the file system keeps no room, a write may find the disk full.
    func reserve(_ file: Int32, _ count: Int) throws(SpoolFault) {
        while dpx_reserve(file, count) != 0 {
            switch dpx_errno() {
            case EINTR: continue
            case EOPNOTSUPP, ENOSYS: return
            case let reason: throw SpoolFault(action: "keep room for a file of", reason: reason)
            }
        }
    }

    func write(
        _ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(SpoolFault) {
        var written = 0
        while written < bytes.count, let base = bytes.baseAddress {
            let count = dpx_write_at(
                file, base + written, bytes.count - written, offset + written)
            if count < 0 && dpx_errno() == EINTR { continue }
            try Self.check(count < 0 ? -1 : 0, "write to")
            if count == 0 { throw SpoolFault(action: "write to", reason: ENOSPC) }
            written += count
        }
    }

    func read(
        _ file: Int32, _ range: Range<Int>, to bytes: inout Bytes
    ) throws(SpoolFault) {
        try Self.read(file, range, to: &bytes)
    }

    static func read(
        _ file: Int32, _ range: Range<Int>, to bytes: inout Bytes
    ) throws(SpoolFault) {
        guard bytes.makeRoom(for: range.count) else { throw .noMemory }
        var offset = range.lowerBound
        while offset < range.upperBound {
            let got = bytes.fill(range.upperBound - offset) {
                pread(file, $0.baseAddress, $0.count, offset)
            }
            if got < 0 && dpx_errno() == EINTR { continue }
            try check(got < 0 ? -1 : 0, "read")
            if got == 0 { return }
            offset += got
        }
    }

    func sync(_ file: Int32) throws(SpoolFault) {
        try Self.sync(file)
    }

    static func sync(_ file: Int32) throws(SpoolFault) {
        while fdatasync(file) != 0 {
            if dpx_errno() != EINTR { return try check(-1, "sync") }
        }
        // The disk keeps it, but nobody would find it.
        if dpx_is_removed(file) != 0 {
            throw SpoolFault(action: "find a file of", reason: ENOENT)
        }
    }

    private static func check(_ status: Int32, _ action: StaticString) throws(SpoolFault) {
        if status < 0 { throw SpoolFault(action: action, reason: dpx_errno()) }
    }
}
