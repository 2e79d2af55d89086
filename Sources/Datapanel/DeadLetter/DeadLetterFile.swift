// SPDX-License-Identifier: Apache-2.0
import CPosix

/// What a producer's file of dead letters is given to hold: the failed objects of a batch.
struct DeadLetters {
    let settlement: Settlement
    /// As the caller named it.
    let target: Text
}

/// A file of dead letters, with predecessors that hold older ones.
///
/// Processes may share it: only who has it locked writes, renames or replaces it or a predecessor.
/// Another file may be at the path by the time that the lock is there, and is then used instead.
///
/// Runs on: one thread at a time.
final class DeadLetterFile {
    static let predecessors = 3

    let path: Text
    private let folder: Text
    private let spool: UInt64?
    /// How large it grows before it becomes a predecessor. A letter that is larger has a file of
    /// its own.
    private let limit: Int
    private let calls: DeadLetterCalls
    private var file: Int32 = -1
    private var size = 0
    /// Lines that wait to be written.
    private var lines = Bytes()
    private var line = Bytes()
    /// Whose letters are written: they are marked once the disk has confirmed it.
    private var unmarked: [Settlement] = []
    /// Letters that were dropped with the oldest predecessor.
    private(set) var dropped = 0

    /// `bytes` is what all files together may take, `spool` the id of the spool that tickets
    /// belong to.
    init(
        _ path: Text, bytes: Int64, spool: UInt64? = nil,
        _ calls: DeadLetterCalls = DeadLetterCalls()
    ) throws(DatapanelError) {
        self.path = try Self.absolute(path)
        folder = try Text(Self.folder(of: self.path.bytes))
        limit = Int(truncatingIfNeeded: bytes) / (Self.predecessors + 1)
        self.spool = spool
        self.calls = calls
        try open()
    }

    deinit { leave() }

    /// Adds the letters, and has them survive a loss of power; those that do are marked. What it
    /// throws may concern only some of them. false while another process has the file locked.
    func write(_ letters: [DeadLetters]) throws(DatapanelError) -> Bool {
        guard try lock() else { return false }
        defer {
            flock(file, LOCK_UN)
            lines = Bytes()
        }
        var trouble: DatapanelError?
        // Without a file there is none to be had now.
        for letter in letters where file >= 0 {
            do throws(DatapanelError) {
                try append(letter)
                unmarked.append(letter.settlement)
            } catch {
                trouble = trouble ?? error
            }
        }
        do throws(DatapanelError) {
            if !unmarked.isEmpty { try sync() }
        } catch {
            trouble = trouble ?? error
        }
        if let trouble { throw trouble }
        return true
    }

    // MARK: writing

    private func append(_ letters: DeadLetters) throws(DatapanelError) {
        let settlement = letters.settlement
        lines.shorten(to: 0)
        try endLine()
        for position in 0..<settlement.count {
            let report = settlement[position]
            guard report.code != .ok else { continue }
            line.shorten(to: 0)
            try DeadLetterLine.append(
                report, settlement.outcome, target: letters.target, spool: spool, to: &line)
            let used = size + lines.count
            if used > 0 && line.count > limit - used {
                try flush()
                try rotate()
            }
            try lines.append(line.view)
        }
        try flush()
    }

    /// Who died while writing may have left part of a line.
    private func endLine() throws(DatapanelError) {
        var last: UInt8 = 0
        guard size > 0, pread(file, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") else {
            return
        }
        try lines.append(UInt8(ascii: "\n"))
    }

    /// All that waits, or nothing of it.
    private func flush() throws(DatapanelError) {
        var rest = lines.view
        while rest.count > 0 {
            let count = calls.write(file, rest)
            if count < 0 && dpx_errno() == EINTR { continue }
            guard count > 0 else {
                let reason = dpx_errno()
                // Half a line is worse than none.
                ftruncate(file, size)
                size = Int(dpx_look_at(file).size)
                throw failure("written to", reason)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        size += lines.count
        lines.shorten(to: 0)
    }

    /// When it fails the kernel may have dropped what it could not write, and would say of the same
    /// letters another time that all is well.
    private func sync() throws(DatapanelError) {
        defer { unmarked = [] }
        if calls.sync(file) != 0 { throw failure("written to", dpx_errno()) }
        for settlement in unmarked { settlement.isDeadLettered = true }
    }

    // MARK: opening

    private func open() throws(DatapanelError) {
        file = dpx_open_to_add(path.pointer)
        if file < 0 && dpx_errno() == ELOOP {
            throw DatapanelError(
                .file, "dead_letter.path: \(shown) is a symbolic link, and none is followed")
        }
        guard file >= 0 else { throw failure("opened", dpx_errno()) }
        guard dpx_look_at(file).is_regular != 0 else {
            leave()
            throw DatapanelError(.file, "dead_letter.path: \(shown) is no regular file")
        }
        do throws(DatapanelError) {
            try syncFolder()
        } catch {
            leave()
            throw error
        }
    }

    private func leave() {
        if file >= 0 { close(file) }
        file = -1
    }

    /// false while another process holds it.
    private func lock() throws(DatapanelError) -> Bool {
        // Each time that another file is found, somebody has just replaced it.
        for _ in 0..<100 {
            if file < 0 { try open() }
            while flock(file, LOCK_EX | LOCK_NB) != 0 {
                if dpx_errno() == EWOULDBLOCK { return false }
                if dpx_errno() != EINTR { throw failure("locked", dpx_errno()) }
            }
            if dpx_is_at(file, path.pointer) != 0 {
                size = Int(dpx_look_at(file).size)
                return true
            }
            leave()
        }
        return false
    }

    /// Makes the file a predecessor, and begins another one.
    private func rotate() throws(DatapanelError) {
        try sync()
        let lost = Self.lines(in: try predecessor(Self.predecessors))
        for number in stride(from: Self.predecessors, to: 0, by: -1) {
            let (old, new) = (try predecessor(number - 1), try predecessor(number))
            defer { withExtendedLifetime((old, new)) {} }
            if rename(old.pointer, new.pointer) != 0 && dpx_errno() != ENOENT {
                throw failure("renamed", dpx_errno())
            }
        }
        dropped += lost
        leave()
        let deadline = Clock.deadline(after: 1_000)
        while try !lock() {
            if Clock.monotonic() > deadline { throw isLocked }
            Clock.sleep(milliseconds: 1)
        }
    }

    private func predecessor(_ number: Int) throws(DatapanelError) -> Text {
        try Self.predecessor(number, of: path)
    }

    static func predecessor(_ number: Int, of path: Text) throws(DatapanelError) -> Text {
        if number == 0 { return path }
        var name = TextBuilder()
        name.append(path)
        name.append(".")
        name.appendInterpolation(number)
        return try name.whole()
    }

    private static func lines(in path: Text) -> Int {
        var count = 0
        FileBlocks.forEach(path) { block in
            for byte in block where byte == UInt8(ascii: "\n") { count += 1 }
        }
        return count
    }

    /// Without it a loss of power may take the name of a new file. Folders that must not be read,
    /// and file systems that know of no such thing, have to do without.
    private func syncFolder() throws(DatapanelError) {
        let descriptor = dpx_open_folder(folder.pointer)
        if descriptor < 0 && dpx_errno() == EACCES { return }
        guard descriptor >= 0 else { throw failure("opened", dpx_errno()) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 && dpx_errno() != EINVAL {
            throw failure("written to", dpx_errno())
        }
    }

    /// The host program may go to another folder.
    private static func absolute(_ path: Text) throws(DatapanelError) -> Text {
        if path.bytes.first == UInt8(ascii: "/") { return path }
        guard let here = getcwd(nil, 0) else { throw .noMemory("a path") }
        defer { free(here) }
        var text = TextBuilder()
        text.append(UnsafeRawBufferPointer(start: here, count: strlen(here)))
        text.append(UInt8(ascii: "/"))
        text.append(path)
        return try text.whole()
    }

    /// Of an absolute path.
    private static func folder(of path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let slash = path.lastIndex(of: UInt8(ascii: "/")) ?? 0
        return UnsafeRawBufferPointer(rebasing: path[..<max(slash, 1)])
    }

    var isLocked: DatapanelError {
        DatapanelError(.file, "dead_letter.path: \(shown) is locked by another process")
    }

    private var shown: Text { TextFile.shown(path) }

    private func failure(_ verb: StaticString, _ reason: Int32) -> DatapanelError {
        let text = strerror(reason).map { Excerpt.of($0, limit: 80) } ?? ""
        return DatapanelError(.file, "dead_letter.path: \(shown) cannot be \(verb): \(text)")
    }
}
