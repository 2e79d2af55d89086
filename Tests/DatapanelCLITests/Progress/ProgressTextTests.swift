// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct ProgressTextTests {
    private var standing: Standing {
        Standing(stored: 430_000, failed: 3, retries: 12, rate: 85_600, fraction: 0.43)
    }

    @Test func showsABar() {
        #expect(
            ProgressText.bar(standing, seconds: 43, width: 200)
                == "[########------------]  43%  430,000 stored  85,600/s  3 failed  12 retries"
                + "  0:57 left")
    }

    @Test func leavesOutWhatIsNotKnown() {
        let standing = Standing(stored: 5, rate: 1)
        #expect(ProgressText.bar(standing, seconds: 5, width: 80) == "5 stored  1/s")
        #expect(
            ProgressText.line(standing, seconds: 5)
                == "5 stored, 0 failed, 0 retries, 1 objects/s")
    }

    @Test func keepsToTheWidth() {
        #expect(ProgressText.bar(standing, seconds: 43, width: 10) == "[########-")
        #expect(ProgressText.bar(standing, seconds: 43, width: -1) == "")
    }

    @Test func saysWhyItWaits() {
        var standing = standing
        standing.trouble = "401"
        #expect(ProgressText.bar(standing, seconds: 43, width: 200).hasSuffix("  waiting"))
        #expect(
            ProgressText.line(standing, seconds: 43)
                == "430,000 stored, 3 failed, 12 retries, 85,600 objects/s, 43 %, 0:57 left; "
                + "waiting: 401")
    }

    @Test(arguments: [(0.0, "----"), (0.5, "##--"), (1.0, "####"), (7.0, "####"), (-1.0, "----")])
    func fillsCells(fraction: Double, cells: String) {
        #expect(ProgressText.cells(fraction, 4) == cells)
    }

    @Test(arguments: [(7, "0:07"), (750, "12:30"), (11_100, "3:05:00")])
    func writesTimes(seconds: Int, text: String) {
        #expect(ProgressText.clock(seconds) == text)
    }

    @Test func countsTheRateOfLate() {
        var rate = RecentRate()
        #expect(rate.perSecond == 0)
        for second in 0...20 {
            rate.add(second < 10 ? 0 : (second - 10) * 100, at: Int64(second) * 1_000)
        }
        #expect(rate.perSecond == 100)
    }

    @Test func readsTheFiguresOfAProducer() {
        func figures(_ text: String) -> ProducerFigures {
            Array(text.utf8).withUnsafeBytes { ProducerFigures(json: $0) }
        }
        let found = figures(#"{"attempts":7,"retries":2,"targets":[{"blocked_by":"no"}]}"#)
        #expect(found.attempts == 7 && found.retries == 2 && found.blockedBy == "no")
        #expect(figures(#"{"targets":[{"blocked_by":null}]}"#) == ProducerFigures())
        #expect(figures("") == ProducerFigures())
    }
}
