// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The folder of a spool: it is one producer's at a time, and it tells what became of the one
/// before. For each target there is a folder with its segments in it.
///
/// The file "spool" has three lines: format and version, the id of the spool, and "boot" with the
/// machine's boot id while it is in use, or "closed" once all is on the disk.
final class SpoolFolder {
    let path: Text
    /// Tells it from other spools. It is not 0.
    let id: UInt64
    /// Whether what a former process wrote may have been lost in part with the power.
    let lostPower: Bool
    /// Whether the monotonic clock has gone on since it was used.
    let isSameBoot: Bool
    private let boot: Text
    private var folder: Int32
    private var lock: SpoolLock?

    private static let format: StaticString = "datapanel-spool 1"
    private static let stateName: Text = "spool"
    private static let prefix: Text = "target-"

    init(_ path: Text) throws(DatapanelError) {
        self.path = path
        folder = try Self.open(path)
        do throws(DatapanelError) {
            lock = try SpoolLock(in: folder, of: path)
            boot = Self.currentBoot()
            let past = try Self.past(folder, path)
            id = past.id ?? max(1, Random.number())
            isSameBoot = past.isOf(boot)
            lostPower = past.lostPower(since: boot)
        } catch {
            lock = nil
            CPosix.close(folder)
            throw error
        }
    }

    deinit { close() }

    /// Lets the next one have it.
    func close() {
        lock = nil
        if folder >= 0 { CPosix.close(folder) }
        folder = -1
    }

    private static func open(_ path: Text) throws(DatapanelError) -> Int32 {
        if mkdir(path.pointer, 0o700) == 0 || dpx_errno() == EEXIST {
            let folder = dpx_open_folder_in(AT_FDCWD, path.pointer)
            if folder >= 0 {
                if dpx_is_private(folder) != 0 { return folder }
                CPosix.close(folder)
                throw DatapanelError(
                    .spool,
                    """
                    the spool \(TextFile.shown(path)) belongs to somebody else, or others can \
                    change it: give it a folder of its own with mode 700
                    """)
            }
        }
        throw failure("open", path)
    }

    // MARK: the past

    /// What the file "spool" tells.
    struct Past {
        var isThere = false
        var id: UInt64?
        var boot: Text?
        var isClosed = false

        func isOf(_ boot: Text) -> Bool { self.boot?.equals(boot.bytes) ?? false }

        func lostPower(since boot: Text) -> Bool { !isClosed && !isOf(boot) }
    }

    static func past(_ folder: Int32, _ path: Text) throws(DatapanelError) -> Past {
        let file = dpx_open_in(folder, stateName.pointer, O_RDONLY)
        var past = Past()
        if file < 0 && dpx_errno() == ENOENT { return past }
        guard file >= 0 else { throw failure("read", path) }
        defer { CPosix.close(file) }
        var bytes = Bytes()
        do throws(SpoolFault) {
            try FolderDisk.read(file, 0..<512, to: &bytes)
        } catch {
            throw error.error(path)
        }
        var lines = Lines(bytes.view)
        past.isThere = true
        guard let first = lines.next() else { return past }
        guard ASCII.equal(first, format) else {
            throw DatapanelError(
                .spool,
                """
                the spool \(TextFile.shown(path)) is of another format ("\
                \(Excerpt.of(first, limit: 40))"); use the library that wrote it
                """)
        }
        while let line = lines.next() {
            let (word, rest) = ASCII.split(line, at: UInt8(ascii: " "))
            if ASCII.equal(word, "id") { past.id = Hexadecimal.number(rest) }
            if ASCII.equal(word, "boot") { past.boot = try Text(rest) }
            if ASCII.equal(word, "closed") { past.isClosed = true }
        }
        return past
    }

    /// "" where the machine does not tell: no other boot is the same.
    static func currentBoot() -> Text {
        guard let file = try? TextFile(ifThere: "/proc/sys/kernel/random/boot_id") else {
            return ""
        }
        defer { withExtendedLifetime(file) {} }
        return (try? Text(ASCII.trimmed(file.text))) ?? ""
    }

    /// Notes that it is in use. What is known of the past is known no longer afterwards.
    func noteUse() throws(DatapanelError) {
        var state = TextBuilder()
        state.append("boot ")
        state.append(boot.count > 0 ? boot : "unknown")
        try write(state.whole())
    }

    /// Notes that all of it is on the disk.
    func noteClosed() throws(DatapanelError) {
        try write("closed")
    }

    private func write(_ state: Text) throws(DatapanelError) {
        var content = TextBuilder()
        content.appendInterpolation(Self.format)
        content.append("\nid ")
        Hexadecimal.append(id, to: &content)
        content.append("\n")
        content.append(state)
        content.append("\n")
        let text = try content.whole()
        let name: Text = "spool.new"
        defer { withExtendedLifetime((text, name)) {} }
        let file = dpx_open_in(folder, name.pointer, O_WRONLY | O_CREAT | O_TRUNC)
        guard file >= 0 else { throw Self.failure("write to", path) }
        defer { CPosix.close(file) }
        let disk = FolderDisk(dpx_hold(folder))
        do throws(SpoolFault) {
            try disk.write(file, text.bytes, at: 0)
            try disk.sync(file)
        } catch {
            throw error.error(path)
        }
        guard renameat(folder, name.pointer, folder, Self.stateName.pointer) == 0,
            fsync(folder) == 0
        else { throw Self.failure("write to", path) }
    }

    // MARK: targets

    private final class Names {
        var targets: [Text] = []
        var error: DatapanelError?
    }

    func targets() throws(DatapanelError) -> [Text] { try Self.targets(folder, path) }

    /// Those that have a folder. What is none of ours is passed over.
    static func targets(_ folder: Int32, _ path: Text) throws(DatapanelError) -> [Text] {
        let names = Names()
        let reason = dpx_for_each_name(
            folder,
            { name, context in
                guard let name, let context else { return }
                let names = Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
                do throws(DatapanelError) {
                    let target = try SpoolFolder.target(
                        UnsafeRawBufferPointer(start: name, count: strlen(name)))
                    if let target { names.targets.append(target) }
                } catch {
                    names.error = error
                }
            }, Unmanaged.passUnretained(names).toOpaque())
        if reason != 0 { throw SpoolFault(action: "list", reason: reason).error(path) }
        if let error = names.error { throw error }
        return names.targets
    }

    static func target(_ name: UnsafeRawBufferPointer) throws(DatapanelError) -> Text? {
        guard name.count > prefix.count,
            prefix.equals(UnsafeRawBufferPointer(rebasing: name.prefix(prefix.count)))
        else { return nil }
        var decoder = PercentDecoder(UnsafeRawBufferPointer(rebasing: name[prefix.count...]))
        var target = TextBuilder()
        while let byte = decoder.next() { target.append(byte) }
        return try target.whole()
    }

    static func name(_ target: Text) throws(DatapanelError) -> Text {
        var encoded = Bytes()
        try encoded.append(text: prefix)
        try PathPart.encode(target.bytes, into: &encoded)
        return try Text(encoded.view)
    }

    /// The folder of a target, which is made where there is none.
    func disk(for target: Text) throws(DatapanelError) -> FolderDisk {
        let name = try Self.name(target)
        defer { withExtendedLifetime(name) {} }
        if mkdirat(folder, name.pointer, 0o700) == 0 {
            guard fsync(folder) == 0 else { throw Self.failure("write to", path) }
        } else if dpx_errno() != EEXIST {
            throw Self.failure("make a folder for a target in", path)
        }
        let file = dpx_open_folder_in(folder, name.pointer)
        guard file >= 0 else { throw Self.failure("open a folder of", path) }
        return FolderDisk(file)
    }

    static func failure(_ action: StaticString, _ path: Text) -> DatapanelError {
        SpoolFault(action: action, reason: dpx_errno()).error(path)
    }
}

extension SpoolFault {
    static var noMemory: SpoolFault { SpoolFault(action: "take memory", reason: ENOMEM) }

    func error(_ path: Text) -> DatapanelError {
        if reason == ENOMEM { return .noMemory("the spool") }
        let text = strerror(reason).map { Excerpt.of($0, limit: 80) } ?? ""
        return DatapanelError(
            .spool, "cannot \(action) the spool \(TextFile.shown(path)): \(text)")
    }
}
