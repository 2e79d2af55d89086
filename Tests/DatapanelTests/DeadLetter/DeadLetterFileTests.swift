// SPDX-License-Identifier: Apache-2.0
import CPosix
import Foundation
import Testing

@testable import Datapanel

struct DeadLetterFileTests {
    private let place: LetterPlace

    init() throws { place = try LetterPlace() }

    private func mode(_ url: URL) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func lettersStandInItAndAreMarked() throws {
        let file = try place.open()
        let (first, second) = (
            try place.letters([#"{"a":1}"#, #"{"a":2}"#]), try place.letters([#"{"a":3}"#])
        )
        #expect(!first.settlement.isDeadLettered)
        #expect(try file.write([first, second]))
        #expect(first.settlement.isDeadLettered && second.settlement.isDeadLettered)
        #expect(first.settlement[0].flags == Settlement.deadLettered)
        #expect(place.lines().count == 3)
        for (index, line) in place.lines().enumerated() {
            #expect(line.hasPrefix("{\"ticket\":\(index + 1),"))
            #expect(line.hasSuffix(#""object":{"a":\#(index + 1)}}"#))
        }
    }

    @Test func itIsItsOwnersAlone() throws {
        _ = try place.open()
        #expect(try mode(place.file) == 0o600)
    }

    @Test func noLinkIsFollowed() throws {
        let other = place.folder.appending(path: "other")
        try Data().write(to: other)
        try FileManager.default.createSymbolicLink(at: place.file, withDestinationURL: other)
        let error = try #require(failure { _ = try place.open() })
        #expect(error.code == .file && error.message.contains("is a symbolic link"))
        let attributes = try FileManager.default.attributesOfItem(atPath: other.path)
        #expect(attributes[.size] as? Int == 0)
    }

    @Test func onlyAFileWillDo() throws {
        #expect(mkfifo(place.file.path, 0o600) == 0)
        let pipe = try #require(failure { _ = try place.open() })
        #expect(pipe.code == .file && pipe.message.contains("is no regular file"))
        unlink(place.file.path)
        try FileManager.default.createDirectory(at: place.file, withIntermediateDirectories: true)
        #expect(failure { _ = try place.open() }?.code == .file)
        let nowhere = try text("\(place.folder.path)/no/where")
        let error = try #require(failure { _ = try DeadLetterFile(nowhere, bytes: 1 << 20) })
        #expect(error.message.contains("dead_letter.path: \(place.folder.path)/no/where cannot"))
        #expect(error.message.contains("No such file"))
    }

    /// A loss of power may leave half a line.
    @Test func aTornLineEndsBeforeTheNext() throws {
        try place.fill(#"{"ticket":7,"tar"#)
        #expect(try place.open().write([try place.letters(["{}"])]))
        #expect(place.lines().count == 2)
        #expect(place.lines()[0] == #"{"ticket":7,"tar"#)
        #expect(place.lines()[1].hasSuffix(#""object":{}}"#))
    }

    // MARK: others at the same file

    @Test func anotherFileAtThePathIsUsed() throws {
        let file = try place.open()
        #expect(try file.write([try place.letters([#"{"a":1}"#])]))
        rename(place.file.path, "\(place.file.path).moved")
        try place.fill("")
        #expect(try file.write([try place.letters([#"{"a":2}"#])]))
        #expect(place.lines().count == 1 && place.contents().contains(#"{"a":2}"#))
        unlink(place.file.path)
        #expect(try file.write([try place.letters([#"{"a":3}"#])]))
        #expect(place.lines().count == 1 && place.contents().contains(#"{"a":3}"#))
        #expect(try mode(place.file) == 0o600)
    }

    @Test func whoHasItLockedIsNotWaitedFor() throws {
        let file = try place.open()
        let other = Foundation.open(place.file.path, O_RDWR)
        #expect(flock(other, LOCK_EX) == 0)
        let letters = try place.letters(["{}"])
        #expect(try !file.write([letters]))
        #expect(!letters.settlement.isDeadLettered)
        close(other)
        #expect(try file.write([letters]))
        #expect(letters.settlement.isDeadLettered && place.lines().count == 1)
    }

    @Test func manyWritersLoseNothing() async throws {
        let path = try place.path
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    // Small enough to change files often: nine letters in each.
                    let place = try LetterPlace()
                    let file = try DeadLetterFile(path, bytes: 8_000)
                    var written = 0
                    while written < 100 {
                        written += try file.write([try place.letters(["{}"])]) ? 1 : 0
                    }
                    return written - file.dropped
                }
            }
            return try await group.reduce(0, +)
        }
        let kept = (0...3).reduce(0) { $0 + place.lines($1).count }
        #expect(kept == total)
    }

    // MARK: room

    @Test func theOldestMakeRoom() throws {
        let file = try place.open(bytes: 4_000)
        for number in 0..<40 {
            #expect(try file.write([try place.letters(["{\"number\":\(number)}"])]))
        }
        let kept = (0...3).reversed().flatMap { place.lines($0) }
        #expect(kept.count == 40 - file.dropped && file.dropped > 0)
        for (index, line) in kept.enumerated() {
            #expect(line.hasSuffix("\"object\":{\"number\":\(index + file.dropped)}}"))
        }
        for number in 0...3 { #expect(place.contents(number).utf8.count <= 1_000) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder.path).count == 4)
    }

    @Test func aBatchMayFillSeveralFiles() throws {
        let file = try place.open(bytes: 4_000)
        let objects = (0..<12).map { "{\"number\":\($0)}" }
        #expect(try file.write([try place.letters(objects)]))
        let kept = (0...3).reversed().flatMap { place.lines($0) }
        #expect(kept.count == 12 && file.dropped == 0)
        #expect(place.lines().count > 0 && place.contents(1).utf8.count <= 1_000)
    }

    @Test func aLargeLetterHasAFileOfItsOwn() throws {
        let file = try place.open(bytes: 4_000)
        let large = "{\"text\":\"\(String(repeating: "x", count: 5_000))\"}"
        #expect(try file.write([try place.letters(["{}", large, "{}"])]))
        #expect(place.lines().count == 1 && place.lines(1).count == 1 && place.lines(2).count == 1)
        #expect(place.contents(1).contains(large))
    }

    // MARK: a disk that fails

    /// Takes so many bytes altogether.
    private final class FullDisk {
        var room: Int
        var pieces = Int.max

        init(_ room: Int) { self.room = room }

        var calls: DeadLetterCalls {
            DeadLetterCalls(write: { [self] file, bytes in
                let count = min(bytes.count, room, pieces)
                room -= count
                if count > 0 { return write(file, bytes.baseAddress, count) }
                errno = ENOSPC
                return -1
            })
        }
    }

    @Test func noHalfLineStays() throws {
        let disk = FullDisk(500)
        let file = try place.open(disk.calls)
        let letters = try (0..<3).map { try place.letters(["{\"number\":\($0)}"]) }
        let error = try #require(failure { _ = try file.write(letters) })
        #expect(error.code == .file && error.message.contains("No space left on device"))
        let marked = letters.filter { $0.settlement.isDeadLettered }
        #expect(marked.count == place.lines().count && (1...2).contains(marked.count))
        #expect(place.contents().hasSuffix("}\n"))
        disk.room = .max
        #expect(try file.write([try place.letters(["{}"])]))
        #expect(place.lines().count == marked.count + 1)
    }

    @Test func aShortWriteGoesOn() throws {
        let disk = FullDisk(.max)
        disk.pieces = 7
        let letters = try place.letters(["{}", "{}"])
        #expect(try place.open(disk.calls).write([letters]))
        #expect(place.lines().count == 2 && letters.settlement.isDeadLettered)
    }

    /// The kernel tells of it once only.
    @Test func whatWasNotSafeOnceIsNotMarkedByALaterSync() throws {
        var syncs = 0
        var calls = DeadLetterCalls()
        calls.sync = { _ in
            syncs += 1
            errno = EIO
            return syncs == 1 ? -1 : 0
        }
        let file = try place.open(bytes: 4_000, calls)
        let letters = try (0..<6).map { try place.letters(["{\"number\":\($0)}"]) }
        let error = try #require(failure { _ = try file.write(letters) })
        #expect(error.message.contains("Input/output error"))
        let marked = letters.map { $0.settlement.isDeadLettered }
        // The first sync was before the file became a predecessor.
        #expect(syncs > 1 && place.lines(1).count > 1)
        #expect(marked == (0..<6).map { $0 > place.lines(1).count })
    }

    @Test func whatIsNotSafeIsNotMarked() throws {
        var calls = DeadLetterCalls()
        calls.sync = { _ in
            errno = EIO
            return -1
        }
        let file = try place.open(calls)
        let letters = try place.letters(["{}"])
        let error = try #require(failure { _ = try file.write([letters]) })
        #expect(error.message.contains("Input/output error"))
        #expect(!letters.settlement.isDeadLettered)
    }
}
