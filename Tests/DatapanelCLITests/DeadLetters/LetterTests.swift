// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import datapanel_cli

struct LetterTests {
    private static let whole =
        #"{"spool":"00ff","ticket":3,"target":"t","code":"DP_E_SEND","#
        + #""message":"a \",\\\"object\":{","#
        + #""stored":"maybe","attempts":4,"queued_at":"2025-11-28T16:16:55.000123Z","#
        + #""finished_at":"2025-11-28T16:17:00.500000Z","object":{"n":1e400,"object":[]}}"#

    @Test func membersAreTakenApart() throws {
        let line = Array(Self.whole.utf8)
        let letter = try #require(Letter(line))
        #expect(letter.spool == 0xFF && letter.ticket == 3 && letter.attempts == 4)
        #expect(letter.target == "t" && letter.code == "DP_E_SEND" && letter.isPerhapsStored)
        #expect(letter.message == #"a ",\"object":{"#)
        #expect(letter.queuedMicroseconds == 1_764_346_615_000_123)
        let object = String(decoding: line[letter.object], as: UTF8.self)
        #expect(object == #"{"n":1e400,"object":[]}"#)
    }

    @Test func whatIsCutOffIsNoLetter() {
        let line = Array(Self.whole.utf8)
        for count in 0..<line.count { #expect(Letter(Array(line[..<count])) == nil) }
    }

    @Test(arguments: ["", "{}", "[]", "x", #"{"ticket":1,"object":{}}"#, "\0"])
    func otherLinesAreNone(text: String) {
        #expect(Letter(Array(text.utf8)) == nil)
    }

    @Test(arguments: ["", "x", "2025", "99999999999-01-01T00:00:00.000000Z"])
    func whatIsNoTimeIsNone(text: String) throws {
        let line = Self.whole.replacing("2025-11-28T16:16:55.000123Z", with: text)
        #expect(try #require(Letter(Array(line.utf8))).queuedMicroseconds == 0)
    }

    /// A terminal is not steered by what a server has said.
    @Test func linesAreFitToBeShown() throws {
        let line = Self.whole.replacing("DP_E_SEND", with: #"\u001b[2J"#)
        let shown = try #require(Letter(Array(line.utf8))).shown
        #expect(shown.hasPrefix("     3  2025-11-28T16:17:00.500000Z  t   [2J  maybe  a "))
    }

    @Test func namesAreTicketsAndTimes() throws {
        let letter = try #require(Letter(Array(Self.whole.utf8)))
        for name in ["3", "3@", "3@2025", "3@2025-11-28T16:17:00.500000Z"] {
            #expect(try #require(LetterName(argument: name)).fits(letter), "\(name)")
        }
        for name in ["4", "3@2026", "3@2025-11-28T16:16"] {
            #expect(try !#require(LetterName(argument: name)).fits(letter), "\(name)")
        }
        for name in ["", "x", "-1", "3.5", "@2025"] { #expect(LetterName(argument: name) == nil) }
    }
}
