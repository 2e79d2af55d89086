// SPDX-License-Identifier: Apache-2.0
import CPosix
import Synchronization
import Testing

@testable import Datapanel

/// What is seen of a log that somebody else writes to meanwhile.
struct SpoolViewTests {
    private static let segmentBytes = 4_096

    /// A folder of a target.
    private final class Folder: Sendable {
        let path: String

        init() {
            var name = Array("/tmp/datapanel-spool-view-XXXXXX".utf8CString)
            mkdtemp(&name)
            path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        deinit {
            for name in (try? disk.segments()) ?? [] { try? disk.remove(name) }
            rmdir(path)
        }

        var disk: FolderDisk { FolderDisk(dpx_open_folder(path)) }

        var log: SpoolLog<FolderDisk> {
            var dice = SeededDice(1)
            return SpoolLog(
                disk, segmentBytes: segmentBytes, budget: SpoolBudget(most: .max),
                dice: { dice.next() })
        }
    }

    /// How far a log has come, for other threads.
    private final class Progress: Sendable {
        let taken = Atomic<UInt64>(0)
        let finishing = Atomic<UInt64>(0)
        let finished = Atomic<UInt64>(0)
        let isOver = Atomic(false)
    }

    private static func take(_ number: UInt64, _ log: inout SpoolLog<FolderDisk>) throws {
        let text = Array(
            "{\"n\":\(number),\"x\":\"\(String(repeating: "x", count: Int(number * 37 % 300)))\"}"
                .utf8)
        _ = try withBytes(text) { text in
            try log.take(
                number,
                SpoolObject(
                    queuedAt: 1, ticks: 2, opaque: nil, text: text,
                    checksum: Checksum.of(text)))
        }
    }

    private static func runs(_ numbers: ClosedRange<UInt64>) throws -> SpoolRuns {
        var runs = SpoolRuns()
        for number in numbers { try runs.add(number) }
        return runs
    }

    private static func write(_ folder: Folder, _ progress: Progress, count: UInt64) throws {
        defer { progress.isOver.store(true, ordering: .sequentiallyConsistent) }
        var log = folder.log
        _ = try log.open(lostPower: false) { _ in }
        for number in 1...count {
            try take(number, &log)
            progress.taken.store(number, ordering: .sequentiallyConsistent)
            guard number >= 40, number % 10 == 0 else { continue }
            let last = number - 30
            try log.begin(try runs((last - 9)...last))
            progress.finishing.store(last, ordering: .sequentiallyConsistent)
            try log.finish(try runs((last - 9)...last))
            progress.finished.store(last, ordering: .sequentiallyConsistent)
            log.retire()
        }
        log.close()
    }

    private static func view(_ folder: Folder) throws -> SpoolTargetView {
        let view = SpoolTargetView("t", SpoolViewDisk(folder.disk), lostPower: false)
        #expect(try view.open { false })
        return view
    }

    private static func tickets(_ view: SpoolTargetView) throws -> [UInt64] {
        var found: [UInt64] = []
        try view.forEachObject { found.append($0.ticket) }
        return found
    }

    /// Each look has what was there before it and stayed, and nothing that was done before it.
    @Test func aLookBesideAWriterIsTrue() async throws {
        let folder = Folder()
        let progress = Progress()
        async let writing: Void = Self.write(folder, progress, count: 20_000)
        var looks = 0
        while !progress.isOver.load(ordering: .sequentiallyConsistent) {
            let done = progress.finished.load(ordering: .sequentiallyConsistent)
            let taken = progress.taken.load(ordering: .sequentiallyConsistent)
            let view = try Self.view(folder)
            let found = try Self.tickets(view)
            let doneMeanwhile = progress.finishing.load(ordering: .sequentiallyConsistent)
            let flaws = view.flaws.filter { if case .unfinished = $0 { false } else { true } }
            #expect(flaws == [])
            #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 })
            #expect(found.allSatisfy { $0 > done })
            let stayed = doneMeanwhile < taken ? Array((doneMeanwhile + 1)...taken) : []
            #expect(Set(found).isSuperset(of: stayed))
            looks += 1
        }
        try await writing
        #expect(looks > 10)
        #expect(try Self.tickets(Self.view(folder)) == Array(19_971...20_000))
    }

    /// Its objects have their outcomes, though the note of that may have been passed over.
    @Test func aSegmentThatIsUsedAgainIsEmpty() throws {
        let folder = Folder()
        var log = folder.log
        _ = try log.open(lostPower: false) { _ in }
        for number in 1...10 as ClosedRange<UInt64> { try Self.take(number, &log) }
        let view = try Self.view(folder)
        #expect(try Self.tickets(view) == Array(1...10))
        try log.finish(try Self.runs(1...10))
        for number in 11...100 as ClosedRange<UInt64> {
            try Self.take(number, &log)
            try log.finish(try Self.runs(number...number))
            log.retire()
        }
        #expect(try Self.tickets(view) == [])
        log.close()
    }

    @Test func nothingIsChanged() throws {
        let folder = Folder()
        var log = folder.log
        _ = try log.open(lostPower: false) { _ in }
        for number in 1...100 as ClosedRange<UInt64> { try Self.take(number, &log) }
        try log.begin(try Self.runs(1...5))
        try log.finish(try Self.runs(1...50))
        log.close()
        let names = try folder.disk.segments().sorted()
        let view = try Self.view(folder)
        #expect(try Self.tickets(view) == Array(51...100))
        #expect(view.segments > 3)
        #expect(try folder.disk.segments().sorted() == names)
    }
}
