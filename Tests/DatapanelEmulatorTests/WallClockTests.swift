// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import DatapanelEmulator

struct WallClockTests {
    @Test(arguments: ["20251130T235959Z", "19700101T000000Z", "20240229T120000Z"])
    func readsTheDatesOfSignatures(text: String) {
        #expect(WallClock(signature: text)?.signature == text)
    }

    @Test(arguments: [
        "", "20251130T235959", "20251130t235959Z", "20251131T000000Z", "20250229T000000Z",
        "20251130T240000Z", "2025-11-30T23:59Z", "20251330T000000Z", "19691231T235959Z",
        "+0251130T235959Z", "20251130T235959Zx",
    ])
    func refusesWhatIsNoDate(text: String) {
        #expect(WallClock(signature: text) == nil)
    }

    @Test func writesTimesAsEachServiceDoes() {
        let time = WallClock(milliseconds: 1_762_652_577_007)
        #expect(time.identity == "2025-11-09T01:42:57.007000Z")
        #expect(time.service == "2025-11-09T01:42:57Z+0000")
        #expect(time.http == "Sun, 09 Nov 2025 01:42:57 GMT")
        #expect(time.adding(seconds: -57).signature == "20251109T014200Z")
        #expect(WallClock(milliseconds: 1).adding(seconds: -1).milliseconds == 0)
    }

    @Test func writesTimesAsHTTPAndTheServiceDo() {
        let time = WallClock(milliseconds: 784_111_777_123)
        #expect(time.http == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(time.service == "1994-11-06T08:49:37Z+0000")
    }
}
