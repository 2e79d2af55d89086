// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct SummaryTests {
    @Test func tellsOnlyWhatThereWas() {
        let tally = Tally(stored: 1_000)
        let summary = Summary(tally: tally, requests: 10, retries: 0, milliseconds: 2_050)
        #expect(summary.text == "1,000 stored, 0 failed; 10 requests, 2.0 s, 487 objects/s")
    }

    @Test func tellsEverything() {
        let tally = Tally(
            stored: 990, possibleDuplicates: 3, failed: 10, perhapsStored: 2, bad: 4, skipped: 120,
            unsent: 12, kept: 7, recovered: 5, unreadable: 1, isCutShort: true)
        let summary = Summary(tally: tally, requests: 1, retries: 2, milliseconds: 0)
        #expect(
            summary.text
                == "990 stored (3 perhaps twice), 10 failed, 5 of them from the spool, "
                + "4 no objects, 120 sent before, 12 not sent, 7 kept in the spool; "
                + "of those not stored 2 are stored perhaps; 1 request, 2 repeated, "
                + "0.0 s, 0 objects/s")
        #expect(
            String(decoding: summary.json, as: UTF8.self)
                == #"{"stored":990,"possible_duplicates":3,"failed":10,"perhaps_stored":2,"bad":4,"#
                + #""skipped":120,"unsent":12,"kept":7,"recovered":5,"unreadable_files":1,"#
                + #""complete":false,"requests":1,"retries":2,"milliseconds":0,"#
                + #""objects_per_second":0,"exit_status":1}"# + "\n")
    }

    @Test(
        arguments: [
            (Tally(), .allStored), (Tally(stored: 1), .allStored), (Tally(skipped: 1), .allStored),
            (Tally(stored: 1, failed: 1), .someFailed), (Tally(stored: 1, bad: 1), .someFailed),
            (Tally(stored: 1, unsent: 1), .someFailed), (Tally(bad: 1), .someFailed),
            (Tally(unreadable: 1), .someFailed), (Tally(stored: 1, isCutShort: true), .someFailed),
            (Tally(failed: 1), .nothingSent), (Tally(unsent: 1), .nothingSent),
            (Tally(stored: 1, kept: 1), .someFailed), (Tally(kept: 1), .nothingSent),
        ] as [(Tally, SendExit)])
    func endsWithAStatus(tally: Tally, status: SendExit) {
        #expect(tally.exitStatus == status)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
    func groupsDigits(number: Int, text: String) {
        #expect(grouped(number) == text)
    }
}
