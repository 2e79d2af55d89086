// SPDX-License-Identifier: Apache-2.0
import CPosix
import Testing

@testable import Datapanel

/// The log of a spool on a disk that loses power, fails, or is there no more, at every step.
struct SpoolLogTests {
    /// What a log was asked for, and how far the disk was then.
    private struct Story {
        let disk: SimulatedDisk
        /// Steps of the disk after which an object was taken, done, and surely on the disk.
        var taken: [UInt64: Int] = [:]
        var synced: [UInt64: Int] = [:]
        var begun: [UInt64: Int] = [:]
        /// When that it is done was about to be written, and when it was.
        var finishing: [UInt64: Int] = [:]
        var finished: [UInt64: Int] = [:]
        var finishSynced: [UInt64: Int] = [:]
    }

    /// How many stories are told; each has some 1,500 states of the disk.
    private static let stories =
        getenv("SPOOL_STORIES").flatMap { UInt64(String(cString: $0)) } ?? 3

    private static func content(_ number: UInt64) -> [UInt8] {
        Array(
            "{\"n\":\(number),\"x\":\"\(String(repeating: "x", count: Int(number * 37 % 300)))\"}"
                .utf8)
    }

    private static func log(_ disk: SimulatedDisk, _ seed: UInt64) -> SpoolLog<SimulatedDisk> {
        var dice = SeededDice(seed)
        return SpoolLog(
            disk, segmentBytes: 2_048, budget: SpoolBudget(most: .max), dice: { dice.next() })
    }

    /// Hands objects over at once, under the next numbers; nil when there is no room for them.
    private static func take(
        _ log: inout SpoolLog<SimulatedDisk>, count: Int, _ bytes: [UInt8]? = nil
    ) throws -> [UInt64]? {
        let first = log.lastNumber + 1
        let numbers = (0..<UInt64(count)).map { first + $0 }
        let texts = numbers.map { bytes ?? content($0) }
        let place = try withBytes(texts.flatMap { $0 }) { all in
            var start = 0
            let objects = texts.map { text in
                defer { start += text.count }
                let text = UnsafeRawBufferPointer(rebasing: all[start..<(start + text.count)])
                return SpoolObject(
                    queuedAt: 1, ticks: 2, opaque: nil, text: text, checksum: Checksum.of(text))
            }
            return try objects.withUnsafeBufferPointer { try log.take(first, $0) }
        }
        return place == nil ? nil : numbers
    }

    /// Hands one over.
    private static func take(
        _ log: inout SpoolLog<SimulatedDisk>, _ bytes: [UInt8]? = nil
    ) throws -> UInt64 {
        try #require(try take(&log, count: 1, bytes)).first ?? 0
    }

    private static func runs(_ numbers: [UInt64]) throws -> SpoolRuns {
        var runs = SpoolRuns()
        for number in numbers { try runs.add(number) }
        return runs
    }

    /// Objects come, go out in batches, and are done in any order.
    private static func story(_ seed: UInt64, steps: Int) throws -> Story {
        var dice = SeededDice(seed)
        let disk = SimulatedDisk()
        var story = Story(disk: disk)
        var log = log(disk, seed)
        _ = try log.open(lostPower: false) { _ in }
        var waiting: [UInt64] = []
        var batches: [[UInt64]] = []
        for _ in 0..<steps {
            switch Int.random(in: 0..<10, using: &dice) {
            case 0..<5:
                let count = Int.random(in: 1...3, using: &dice)
                for number in try #require(try take(&log, count: count)) {
                    story.taken[number] = disk.trace.count
                    waiting.append(number)
                }
            case 5 where !waiting.isEmpty, 6 where !waiting.isEmpty:
                let batch = Array(waiting.prefix(Int.random(in: 1...4, using: &dice)))
                waiting.removeFirst(batch.count)
                try log.begin(runs(batch))
                for number in batch { story.begun[number] = disk.trace.count }
                batches.append(batch)
            case 7 where !batches.isEmpty, 8 where !batches.isEmpty:
                let batch = batches.remove(at: Int.random(in: batches.indices, using: &dice))
                for number in batch { story.finishing[number] = disk.trace.count }
                try log.finish(runs(batch))
                for number in batch { story.finished[number] = disk.trace.count }
                log.retire()
            default:
                try log.sync()
                for number in story.taken.keys where story.synced[number] == nil {
                    story.synced[number] = disk.trace.count
                }
                for number in story.finished.keys where story.finishSynced[number] == nil {
                    story.finishSynced[number] = disk.trace.count
                }
            }
        }
        #expect(log.live == story.taken.count - story.finished.count)
        return story
    }

    private struct Left: Equatable {
        var live: [UInt64] = []
        var begun: Set<UInt64> = []
        var wrong: [UInt64] = []
        var findings = 0
    }

    /// What a process finds that comes after.
    private static func reopen(
        _ contents: SimulatedDisk.Contents, _ seed: UInt64, lostPower: Bool = false
    ) throws -> Left {
        var left = Left()
        var log = log(SimulatedDisk(contents), seed)
        #expect(try log.open(lostPower: lostPower) { _ in left.findings += 1 })
        try log.forEachLive { number, isBegun, content in
            left.live.append(number)
            if isBegun { left.begun.insert(number) }
            let text = SpoolObject(content).map { Array($0.text) }
            if text != Self.content(number) { left.wrong.append(number) }
        }
        // It can go on at once, with numbers that nobody had.
        let number = try take(&log, [1])
        #expect(number > left.live.max() ?? 0)
        return left
    }

    @Test func anOpeningThatFailsLeavesNoFileOpen() throws {
        let contents = try Self.story(1, steps: 300).disk.contents
        var call = 0
        var failures = 0
        while true {
            let disk = SimulatedDisk(contents)
            disk.failing = (call, EIO, forGood: false)
            var log = Self.log(disk, 1)
            do throws(SpoolFault) {
                _ = try log.open(lostPower: false) { _ in }
            } catch {
                failures += 1
            }
            log.close()
            #expect(disk.openFiles == 0, "\(call)")
            if disk.calls <= call { break }
            call += 1
        }
        #expect(failures > 5)
    }

    @Test func filesThatWereRemovedAreMadeAnew() throws {
        let disk = SimulatedDisk()
        var log = Self.log(disk, 1)
        _ = try log.open(lostPower: false) { _ in }
        _ = try Self.take(&log)
        let before = log.segments.count + log.spares.count
        disk.loseFiles()
        for _ in 0..<30 { _ = try Self.take(&log) }
        #expect(log.segments.count > before)
        log.close()
        #expect(disk.openFiles == 0)
    }

    @Test func whatWasTakenIsThereAfterAKillAtAnyStep() throws {
        for seed in 0..<Self.stories {
            let story = try Self.story(seed, steps: 110)
            for cut in 0...story.disk.trace.count {
                let left = try Self.reopen(SimulatedDisk.killed(story.disk.trace[..<cut]), seed)
                #expect(left.wrong == [] && left.findings == 0)
                #expect(left.live == left.live.sorted())
                let live = Set(left.live)
                for (number, step) in story.taken where step <= cut {
                    let isFinished = story.finished[number].map { $0 <= cut } ?? false
                    let mayBeFinished = story.finishing[number].map { $0 < cut } ?? false
                    #expect(live.contains(number) || mayBeFinished, "\(seed) \(cut) \(number)")
                    #expect(!live.contains(number) || !isFinished, "\(seed) \(cut) \(number)")
                    if let begun = story.begun[number], begun <= cut, live.contains(number) {
                        #expect(left.begun.contains(number), "\(seed) \(cut) \(number)")
                    }
                }
            }
        }
    }

    /// What a process was writing when it was killed is no damage: it is told once, and the next
    /// one writes over it.
    @Test func aTornWriteIsWrittenOver() throws {
        let disk = SimulatedDisk()
        var log = Self.log(disk, 7)
        let first = try Self.take(&log)
        let number = try #require(log.segments.last?.header.number)
        let before = try #require(log.segments.last?.end)
        _ = try #require(try Self.take(&log, count: 3))
        let end = try #require(log.segments.last?.end)
        for cut in before...end {
            var contents = disk.contents
            let file = try #require(contents.names[number])
            let whole = try #require(contents.files[file])
            contents.files[file] = whole[..<cut] + [UInt8](repeating: 0, count: whole.count - cut)
            let next = SimulatedDisk(contents)
            var log = Self.log(next, 8)
            var torn: [Range<Int>] = []
            var others = 0
            let isKnown = try log.open(lostPower: false) {
                if case .torn(number, let range) = $0 { torn.append(range) } else { others += 1 }
            }
            #expect(isKnown && others == 0)
            #expect(torn.count <= 1 && log.segments.count == 1)
            #expect(log.segments.last?.end == torn.first?.lowerBound ?? log.segments.last?.end)
            let live = log.live
            #expect(live >= 1 && live <= 4 && (cut < end || live == 4))
            _ = try Self.take(&log)
            let left = try Self.reopen(next.contents, 9)
            #expect(left.findings == 0 && left.live.first == first && left.live.count == live + 1)
        }
    }

    /// What a front claims to have and has not is passed over, and does not come to light when the
    /// next process writes there.
    @Test func whatATornWriteCoversStaysCovered() throws {
        let disk = SimulatedDisk()
        var log = Self.log(disk, 7)
        let first = try Self.take(&log)
        let segment = try #require(log.segments.last)
        var bytes = Bytes()
        for (number, count) in [(first + 1, 300), (first + 2, 50)] as [(UInt64, Int)] {
            try withBytes([UInt8](repeating: 1, count: count)) { content in
                let record = SpoolRecord(kind: .object, number: number, content: content)
                try SpoolRecordHeader(record).append(to: &bytes, salt: segment.header.salt)
                // Of the first its front only.
                if count == 50 { try bytes.append(content) }
            }
        }
        try bytes.reserve(300)
        while bytes.count < 400 { try bytes.append(0 as UInt8) }
        try disk.write(segment.file, bytes.view, at: segment.end)
        var next = Self.log(SimulatedDisk(disk.contents), 8)
        var torn = 0
        #expect(try next.open(lostPower: false) { if case .torn = $0 { torn += 1 } })
        #expect(torn == 1 && next.live == 1)
        let last = try Self.take(&next)
        #expect(try Self.reopen(next.disk.contents, 9).live == [first, last])
    }

    /// Each state of the disk that a loss of power may leave: all sectors that no sync covered
    /// may be there or not.
    @Test func whatWasSyncedIsThereAfterALossOfPowerAtAnyStep() throws {
        var dice = SeededDice(512)
        var states = 0
        for seed in 100..<(100 + Self.stories) {
            let story = try Self.story(seed, steps: 110)
            for cut in 0...story.disk.trace.count {
                for _ in 0..<9 {
                    let contents = SimulatedDisk.unpowered(story.disk.trace[..<cut], &dice)
                    let left = try Self.reopen(contents, seed, lostPower: true)
                    states += 1
                    #expect(left.wrong == [])
                    let live = Set(left.live)
                    #expect(live.count == left.live.count)
                    for (number, step) in story.synced where step <= cut {
                        let mayBeFinished = story.finishing[number].map { $0 < cut } ?? false
                        #expect(live.contains(number) || mayBeFinished, "\(seed) \(cut) \(number)")
                    }
                }
            }
        }
        #expect(states >= 1_000 * Int(Self.stories))
        print("power was lost in \(states) states of the disk")
    }

    /// So one call of the system costs each of them little.
    @Test func manyAreWrittenAtOnce() throws {
        let disk = SimulatedDisk()
        var log = Self.log(disk, 7)
        _ = try Self.take(&log)
        let before = disk.calls
        let numbers = try #require(try Self.take(&log, count: 5, [1]))
        #expect(disk.calls == before + 1)
        #expect(numbers == [2, 3, 4, 5, 6] && log.lastNumber == 6 && log.live == 6)
    }

    /// None of them is there, or each is once, under its number.
    @Test func manyWhoseWriteFailsAreWrittenOnceMore() throws {
        let disk = SimulatedDisk()
        var log = Self.log(disk, 7)
        _ = try Self.take(&log)
        disk.failing = (disk.calls, EIO, false)
        let numbers = try #require(try Self.take(&log, count: 5))
        #expect(log.segments.count == 2 && log.live == 6)
        #expect(try Self.reopen(disk.contents, 8).live == [1] + numbers)
        disk.failing = (disk.calls, EIO, true)
        #expect((try? Self.take(&log, count: 5)) == nil)
        disk.failing = nil
        #expect(log.live == 6)
    }

    /// A segment that has no room for all of them is left to what is shorter.
    @Test func manyAreNotDivided() throws {
        let disk = SimulatedDisk()
        var log = Self.log(disk, 7)
        _ = try Self.take(&log, Array(repeating: 1, count: 1_000))
        _ = try #require(try Self.take(&log, count: 3, Array(repeating: 1, count: 400)))
        #expect(log.segments.map(\.objects) == [1, 3])
        #expect((try? Self.take(&log, count: 9, Array(repeating: 1, count: 400))) == nil)
        #expect(log.live == 4)
    }

    /// A note that cannot be written says nothing of the object that was taken last.
    @Test func aNoteThatFailsFinishesNothing() throws {
        let disk = SimulatedDisk()
        var log = Self.log(disk, 7)
        for _ in 0..<2 { _ = try Self.take(&log, [1]) }
        disk.failing = (disk.calls, EIO, true)
        let runs = try Self.runs([1])
        #expect((try? log.begin(runs)) == nil)
        #expect(log.live == 2)
        #expect((try? log.finish(runs)) == nil)
        #expect(log.live == 1)
    }

    /// Numbers that none of ours reach are damage, and no trap.
    @Test func numbersWithoutSuccessorAreDamage() throws {
        let disk = SimulatedDisk()
        var log = Self.log(disk, 7)
        _ = try Self.take(&log, [1])
        let header = try #require(log.segments.first?.header)
        var bytes = Bytes()
        let content = UnsafeRawBufferPointer(start: nil, count: 0)
        let record = SpoolRecord(kind: .object, number: .max, content: content)
        let front = SpoolRecordHeader(record)
        try front.append(to: &bytes, salt: header.salt)
        let end = try #require(log.segments.first?.end)
        try disk.write(1, bytes.view, at: end)
        var next = Self.log(SimulatedDisk(disk.contents), 8)
        var found: [SpoolLog<SimulatedDisk>.Finding] = []
        #expect(try next.open(lostPower: false) { found.append($0) })
        #expect(found == [.damage(segment: header.number, end..<(end + bytes.count))])
        #expect(try Self.take(&next, [1]) == 2)
    }

    /// Whatever call fails, once or from then on: what was said to be taken is there, and what
    /// was refused is not; once the disk is well, all goes on.
    @Test(arguments: [ENOSPC, EIO], [false, true])
    func nothingIsLostWhenACallFails(_ reason: Int32, _ forGood: Bool) throws {
        for call in 0..<120 {
            let disk = SimulatedDisk()
            var log = Self.log(disk, 7)
            disk.failing = (call, reason, forGood)
            guard (try? log.open(lostPower: false) { _ in }) == true else { continue }
            var taken: [UInt64] = []
            // Where that could not be written they may come back.
            var ended: Set<UInt64> = []
            var finished: Set<UInt64> = []
            for step in 0..<60 {
                let count = step % 3 + 1
                if let numbers = try? Self.take(&log, count: count) { taken += numbers }
                if step % 5 == 4, let number = taken.first(where: { !ended.contains($0) }) {
                    ended.insert(number)
                    if (try? log.finish(Self.runs([number]))) != nil { finished.insert(number) }
                    log.retire()
                }
                if step % 7 == 6 { try? log.sync() }
            }
            disk.failing = nil
            try log.sync()
            let number = try Self.take(&log)
            taken.append(number)
            let left = try Self.reopen(disk.contents, 7)
            #expect(left.wrong == [])
            let lost = taken.filter { !ended.contains($0) && !left.live.contains($0) }
            #expect(lost == [], "call \(call)")
            let back = finished.filter { left.live.contains($0) }
            #expect(back == [], "call \(call)")
        }
    }
}
