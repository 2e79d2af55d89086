// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file of dead letters and its predecessors, beside producers that may add to them: what is
/// read is as it stood at one time, and what is changed is locked.
struct LetterFiles {
    let path: String

    /// The oldest first.
    private var names: [String] { (1...3).reversed().map { "\(path).\($0)" } + [path] }

    /// All letters as they stand now, the oldest first.
    func snapshot() throws -> [LetterReader] {
        let lock = try lock(LOCK_SH)
        defer { close(lock) }
        return try names.compactMap(open)
    }

    enum Change {
        case keep, drop
        case replace([UInt8])
    }

    /// Runs `body` while nobody else can change anything.
    func locked<Value>(_ body: () throws -> Value) throws -> Value {
        let lock = try lock(LOCK_EX)
        defer { close(lock) }
        return try body()
    }

    /// Rewrites the files. Called within `locked`.
    func rewrite(_ change: (_ line: [UInt8], _ reader: LetterReader) throws -> Change) throws {
        for name in names {
            guard let reader = try open(name) else { continue }
            let copy = try Rewriting(name, mayVanish: name != path)
            while let line = try reader.next() { try copy.add(change(line, reader), of: line) }
            try copy.finish()
        }
    }

    /// As `snapshot`, within `locked`.
    func read() throws -> [LetterReader] { try names.compactMap(open) }

    // MARK: opening

    /// nil for a predecessor that is not there.
    private func open(_ name: String) throws -> LetterReader? {
        let file = Glibc.open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        if file < 0 && errno == ENOENT && name != path { return nil }
        let status = try Self.check(file, name)
        return LetterReader(name, file, size: Int(status.st_size))
    }

    private static func check(_ file: Int32, _ name: String) throws -> stat {
        if file < 0 && errno == ELOOP {
            throw UsageFailure(description: "\(name) is a symbolic link, and none is followed")
        }
        guard file >= 0 else {
            throw UsageFailure(
                description: CommandFailure.system("cannot open \(name)").description)
        }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw UsageFailure(description: "\(name) is no file")
        }
        return status
    }

    /// As the producer would have done that died meanwhile.
    private func begin() {
        var status = stat()
        guard lstat("\(path).1", &status) == 0 else { return }
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        _ = fchown(file, status.st_uid, status.st_gid)
        close(file)
    }

    /// A producer that finds the file full, or a command like this one, puts another in its place.
    private func lock(_ kind: Int32) throws -> Int32 {
        let access = kind == LOCK_EX ? O_RDWR : O_RDONLY
        var patience = 100
        while true {
            let file = Glibc.open(path, access | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            if file < 0, errno == ENOENT, patience > 0, Glibc.access("\(path).1", F_OK) == 0 {
                // A producer has just made it a predecessor, and is about to begin another one.
                patience -= 1
                if patience == 0 { begin() }
                usleep(10_000)
                continue
            }
            let here = try Self.check(file, path)
            while flock(file, kind) != 0 {
                guard errno == EINTR else {
                    defer { close(file) }
                    throw CommandFailure.system("cannot lock \(path)")
                }
            }
            var there = stat()
            if lstat(path, &there) == 0, there.st_dev == here.st_dev, there.st_ino == here.st_ino {
                return file
            }
            close(file)
        }
    }
}

/// A copy of a file that takes its place once it is whole and safe.
private final class Rewriting {
    private let name: String
    private let mayVanish: Bool
    private let temporary: String
    private let file: Int32
    private var waiting: [UInt8] = []
    private var isChanged = false
    private var isEmpty = true

    init(_ name: String, mayVanish: Bool) throws {
        self.name = name
        self.mayVanish = mayVanish
        temporary = "\(name).new"
        // One that a command left behind when it was killed; whoever has the lock is alone.
        unlink(temporary)
        file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw CommandFailure.system("cannot make \(temporary)") }
    }

    deinit {
        close(file)
        unlink(temporary)
    }

    func add(_ change: LetterFiles.Change, of line: [UInt8]) throws {
        switch change {
        case .keep: waiting += line + [UInt8(ascii: "\n")]
        case .replace(let other): waiting += other
        case .drop: break
        }
        if case .keep = change {} else { isChanged = true }
        isEmpty = isEmpty && waiting.isEmpty
        if waiting.count >= 1 << 20 { try flush() }
    }

    private func flush() throws {
        try writeAll(waiting, to: file, named: temporary)
        waiting.removeAll(keepingCapacity: true)
    }

    func finish() throws {
        guard isChanged else { return }
        try flush()
        if isEmpty && mayVanish {
            guard unlink(name) == 0 else { throw CommandFailure.system("cannot remove \(name)") }
        } else {
            try takeOwner()
            guard fsync(file) == 0 else { throw CommandFailure.system("cannot write \(name)") }
            guard rename(temporary, name) == 0 else {
                throw CommandFailure.system("cannot replace \(name)")
            }
        }
        try syncFolder()
    }

    /// Whoever writes there has to be able to go on.
    private func takeOwner() throws {
        var status = stat()
        guard lstat(name, &status) == 0, fchown(file, status.st_uid, status.st_gid) == 0,
            fchmod(file, status.st_mode & 0o777) == 0
        else { throw CommandFailure.system("cannot give \(name) to its owner") }
    }

    private func syncFolder() throws {
        let slash = name.lastIndex(of: "/")
        let folder = slash.map { $0 == name.startIndex ? "/" : String(name[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure.system("cannot open \(folder)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CommandFailure.system("cannot write \(folder)") }
    }
}

/// That one `retry` of a file runs at a time: two would send the same objects.
final class RetryClaim {
    private let path: String
    private let file: Int32

    init(_ letters: String) throws {
        path = "\(letters).retry"
        while true {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard file >= 0 else { throw CommandFailure.system("cannot make \(path)") }
            var (here, there) = (stat(), stat())
            guard flock(file, LOCK_EX | LOCK_NB) == 0, fstat(file, &here) == 0 else {
                close(file)
                throw UsageFailure(description: "another retry of \(letters) is running")
            }
            if lstat(path, &there) == 0, here.st_ino == there.st_ino, here.st_dev == there.st_dev {
                self.file = file
                return
            }
            close(file)
        }
    }

    deinit {
        unlink(path)
        close(file)
    }
}
