// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct ResumeLogTests {
    private let opening = ResumeLog(
        destination: "https://x/y", head: .init(count: 10, sum: 7)
    ).opening

    @Test func readsWhatItWrites() throws {
        let log = try #require(
            try ResumeLog(
                opening + ResumeLog.handed(100) + ResumeLog.settled(0..<30)
                    + ResumeLog.settled(40..<60) + ResumeLog.unsent(60..<70)))
        #expect(log.destination == "https://x/y" && log.head == .init(count: 10, sum: 7))
        #expect(log.handed == 100)
        #expect(log.settled.ranges == [0..<30, 40..<60])
        #expect(log.unsent.ranges == [60..<70])
    }

    @Test func tellsWhatBecameOfAnObject() throws {
        let log = try #require(
            try ResumeLog(
                opening + ResumeLog.handed(100) + ResumeLog.settled(0..<30)
                    + ResumeLog.unsent(60..<70)))
        #expect(log.standing(0) == .settled && log.standing(29) == .settled)
        #expect(log.standing(30) == .doubtful && log.standing(99) == .doubtful)
        #expect(log.standing(60) == .fresh && log.standing(100) == .fresh)
    }

    /// From then on it may have been sent all the same.
    @Test func doubtsWhatWasUnsentOnceARunHasResumed() throws {
        let text = opening + ResumeLog.handed(100) + ResumeLog.unsent(60..<70)
        #expect(try ResumeLog(text)?.standing(65) == .fresh)
        #expect(try ResumeLog(text + ResumeLog.resumed)?.standing(65) == .doubtful)
    }

    @Test func ignoresALineThatWasTornOff() throws {
        let whole = opening + ResumeLog.handed(100)
        #expect(try ResumeLog(whole + "settled 0 10") == ResumeLog(whole))
        #expect(try ResumeLog("") == nil)
        #expect(try ResumeLog("datapanel-res") == nil)
    }

    @Test(
        arguments: [
            ("something else\n", 1), ("datapanel-resume 2\n", 1),
            ("datapanel-resume 1\nhanded x\n", 2), ("datapanel-resume 1\nhanded\n", 2),
            ("datapanel-resume 1\nsettled 9 3\n", 2), ("datapanel-resume 1\n\n", 2),
        ])
    func refusesWhatItNeverWrote(text: String, line: Int) {
        #expect(throws: ResumeLog.Fault(line: line)) { try ResumeLog(text) }
    }

    @Test func liesBesideTheInputOrInAFolder() {
        #expect(ResumeFile.path(of: "a/b.ndjson", in: nil) == "a/b.ndjson.datapanel")
        #expect(ResumeFile.path(of: "a/b.ndjson", in: "s") == "s/b.ndjson.datapanel")
    }
}
