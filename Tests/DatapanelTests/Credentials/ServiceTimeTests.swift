// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct ServiceTimeTests {
    private var time = ServiceTime()
    private let now: Int64 = 1_764_547_199

    @Test(arguments: [Int32(401), 403], [Int64(-86_400), -601, 601, 86_400])
    mutating func aRefusalWithAnotherTimeIsWorthAnotherAttempt(_ status: Int32, _ ahead: Int64) {
        let reading = time.read(now: now)
        #expect(reading.seconds == now)
        let isRenewed = time.answered(status, date: now + ahead, to: reading, now: now)
        #expect(isRenewed)
        #expect(time.read(now: now + 5).seconds == now + 5 + ahead)
    }

    @Test(arguments: [Int64(-600), 0, 600])
    mutating func aTimeThatIsNearIsNotAtFault(_ ahead: Int64) {
        let isRenewed = time.answered(401, date: now + ahead, to: time.read(now: now), now: now)
        #expect(!isRenewed)
        #expect(time.ahead == 0)
    }

    @Test(arguments: [Int32(0), 200, 400, 404, 429, 500])
    mutating func otherAnswersAreAboutSomethingElse(_ status: Int32) {
        let isRenewed = time.answered(status, date: now + 5_000, to: time.read(now: now), now: now)
        #expect(!isRenewed && time.ahead == 0)
    }

    @Test mutating func withoutADateNothingIsLearned() {
        let isRenewed = time.answered(401, date: nil, to: time.read(now: now), now: now)
        #expect(!isRenewed)
    }

    /// A service whose `Date` is nonsense does not get a call a moment.
    @Test mutating func aCorrectionThatDoesNotHelpIsTheLast() {
        var renewals = 0
        for attempt in 1...100 {
            let date = now + Int64(attempt) * 10_000
            if time.answered(401, date: date, to: time.read(now: now), now: now) { renewals += 1 }
        }
        #expect(renewals == 1)
    }

    @Test mutating func callsUnderWayTakeUpWhatAnotherLearned() {
        let readings = (0..<4).map { _ in time.read(now: now) }
        for reading in readings {
            let isRenewed = time.answered(401, date: now + 5_000, to: reading, now: now)
            #expect(isRenewed)
        }
        #expect(time.ahead == 5_000)
        let isRenewed = time.answered(401, date: now + 5_000, to: time.read(now: now), now: now)
        #expect(!isRenewed)
    }

    /// As when this machine's clock is set right while we allow for it to be wrong.
    @Test mutating func afterACallThatWasLetInThereIsAnotherCorrection() {
        var clock = now
        _ = time.answered(401, date: clock + 5_000, to: time.read(now: clock), now: clock)
        _ = time.answered(200, date: clock + 5_000, to: time.read(now: clock), now: clock)
        clock += 5_000
        let isRenewed = time.answered(401, date: clock, to: time.read(now: clock), now: clock)
        #expect(isRenewed && time.ahead == 0)
    }

    @Test mutating func noDateOverflows() {
        for date in [Int64(0), 67_768_036_191_694_799] {
            time = ServiceTime()
            _ = time.answered(401, date: date, to: time.read(now: now), now: now)
            #expect(time.read(now: now).seconds == date)
            #expect(throws: Never.self) { try Signature.date(time.read(now: now).seconds) }
        }
    }
}
