// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Datapanel

struct DeadLetterLineTests {
    private func line(
        _ object: String, target: String = "t", spool: UInt64? = nil,
        _ change: (inout Outcome) throws -> Void = { _ in }
    ) throws -> String {
        var outcome = Outcome()
        outcome.code = .rejected
        outcome.message = "refused"
        outcome.finishedAt = 1_764_346_616_500_000
        try change(&outcome)
        let letters = try LetterPlace().letters([object], outcome)
        let settlement = letters.settlement
        var bytes = Bytes()
        try DeadLetterLine.append(
            settlement[0], settlement.outcome, target: try text(target), spool: spool, to: &bytes)
        return String(decoding: bytes.view, as: UTF8.self)
    }

    @Test func membersStandInTheirOrder() throws {
        let line = try line(#"{"a" : 1.50}"#, spool: 0x00AB_CDEF_0123_4567) {
            $0.attempts = 3
            $0.httpStatus = 400
            $0.serverCode = "SecMaster.1"
            $0.requestId = "r-1"
        }
        #expect(
            line == #"{"spool":"00abcdef01234567","ticket":1,"target":"t","code":"DP_E_REJECTED","#
                + #""message":"refused","stored":"no","attempts":3,"http_status":400,"#
                + #""server_code":"SecMaster.1","request_id":"r-1","#
                + #""queued_at":"2025-11-28T16:16:55.000123Z","#
                + #""finished_at":"2025-11-28T16:16:56.500000Z","object":{"a" : 1.50}}"# + "\n")
    }

    @Test func whatIsNotKnownIsLeftOut() throws {
        let line = try line("{}") { $0.message = nil }
        for name in ["spool", "message", "http_status", "server_code", "request_id"] {
            #expect(!line.contains("\"\(name)\""))
        }
    }

    /// Whatever a server or a caller has written, it stays one line of JSON.
    @Test func textsAreEscaped() throws {
        let nasty = "a\"b\\c\u{1}\n\u{1B}[2J\u{2028}ä"
        let line = try line("{\n\"a\":\r\n\"x\\ny\"\t}", target: "name:\"\\ä") {
            $0.message = try text(nasty)
            $0.serverCode = try text(nasty)
            $0.requestId = try text(nasty)
        }
        #expect(line.filter(\.isNewline).count == 1 && line.hasSuffix("}\n"))
        let members = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(members["target"] as? String == "name:\"\\ä")
        #expect(members["message"] as? String == "a\"b\\c   [2J ä")
        #expect(members["object"] as? [String: String] == ["a": "x\ny"])
        #expect(line.contains("\"object\":{ \"a\":  \"x\\ny\"\t}}"))
    }

    @Test func textsThatAreNoTextAreMadeOne() throws {
        let bytes: [UInt8] = [0x61, 0xFF, 0x62]
        let line = try line("{}") { outcome in
            outcome.requestId = try? withBytes(bytes) { try Text($0) }
        }
        #expect(line.contains(#""request_id":"a?b""#))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (999_999, "1970-01-01T00:00:00.999999Z"),
            (1_709_208_000_000_001, "2024-02-29T12:00:00.000001Z"),
            (4_102_444_799_900_000, "2099-12-31T23:59:59.900000Z"),
        ] as [(Int64, String)])
    func timesAreUTC(microseconds: Int64, text: String) {
        #expect(Timestamp.text(microseconds) == text)
    }
}
