// SPDX-License-Identifier: Apache-2.0
import CPosix
import Foundation
import Testing

@testable import Datapanel

struct DeadLetterDeskTests {
    private let place: LetterPlace
    private let log = LogLines()

    init() throws { place = try LetterPlace() }

    private func locked() -> Int32 {
        let other = open(place.file.path, O_RDWR)
        #expect(flock(other, LOCK_EX) == 0)
        return other
    }

    @Test func withoutAPathThereIsNone() throws {
        #expect(try DeadLetterDesk.make(Config()) == nil)
    }

    @Test func whileItIsLockedLettersWait() throws {
        let desk = DeadLetterDesk(try place.open(), log.log)
        #expect(desk.wakeTime(now: 5) == .max)
        let other = locked()
        let letters = try (0..<2).map { _ in try place.letters(["{}"]) }
        #expect(desk.write([letters[0]], isLast: false).isEmpty)
        #expect(desk.wakeTime(now: 5) == 25)
        #expect(desk.write([letters[1]], isLast: false).isEmpty)
        close(other)
        let done = desk.write([], isLast: false)
        #expect(done.count == 2 && done.allSatisfy(\.isDeadLettered))
        #expect(desk.wakeTime(now: 5) == .max && log.all.isEmpty)
        #expect(place.lines().count == 2)
    }

    @Test func atTheEndNothingWaits() throws {
        let desk = DeadLetterDesk(try place.open(), log.log)
        let other = locked()
        defer { close(other) }
        let done = desk.write([try place.letters(["{}", "{}"])], isLast: true)
        #expect(done.count == 1 && !done[0].isDeadLettered)
        #expect(log.all.count == 1 && log.all[0].contains("is locked by another process"))
        #expect(log.all[0].contains("2 failed objects are not in it"))
    }

    @Test func aFailureIsToldOnceUntilItIsOver() throws {
        var fails = true
        let calls = DeadLetterCalls(sync: { _ in
            errno = EIO
            return fails ? -1 : 0
        })
        let desk = DeadLetterDesk(try place.open(calls), log.log)
        for _ in 0..<5 {
            let done = desk.write([try place.letters(["{}"])], isLast: false)
            #expect(done.count == 1 && !done[0].isDeadLettered)
        }
        #expect(log.all.count == 1 && log.all[0].contains(place.file.path))
        #expect(log.all[0].contains("Input/output error"))
        fails = false
        #expect(desk.write([try place.letters(["{}"])], isLast: false)[0].isDeadLettered)
        fails = true
        #expect(desk.write([try place.letters(["{}"])], isLast: false).count == 1)
        #expect(log.all.count == 2)
    }

    @Test func whatIsDroppedIsWarnedOf() throws {
        let desk = DeadLetterDesk(try place.open(bytes: 4_000), log.log)
        for _ in 0..<24 {
            #expect(desk.write([try place.letters(["{}"])], isLast: false)[0].isDeadLettered)
        }
        #expect(desk.dropped > 0 && log.warnings.count > 0 && log.all == log.warnings)
        #expect(log.warnings[0].contains(" dead letters were dropped to make room"))
    }
}
