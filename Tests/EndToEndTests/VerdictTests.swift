// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import DatapanelEmulator
import Testing

/// What every reply comes to on the whole way, for requests of different sizes.
struct VerdictTests {
    struct Row: CustomTestStringConvertible {
        let effect: Fault.Effect
        let code: Int
        let stored: Int
        /// How many attempts the client makes while the service answers so.
        let isTriedAgain: Bool

        init(_ effect: Fault.Effect, _ code: Int, _ stored: Int, again: Bool = false) {
            self.effect = effect
            self.code = code
            self.stored = stored
            isTriedAgain = again
        }

        init(_ status: Int, _ code: Int, _ stored: Int, again: Bool = false) {
            self.init(.reply(status: status), code, stored, again: again)
        }

        var testDescription: String { "\(effect)" }
    }

    static let rows = [
        Row(302, DP_E_ENDPOINT, DP_STORED_NO), Row(400, DP_E_REJECTED, DP_STORED_NO),
        Row(401, DP_E_AUTH, DP_STORED_NO), Row(403, DP_E_FORBIDDEN, DP_STORED_NO),
        Row(404, DP_E_ENDPOINT, DP_STORED_NO), Row(405, DP_E_ENDPOINT, DP_STORED_NO),
        Row(408, DP_E_SERVER, DP_STORED_NO, again: true), Row(409, DP_E_REJECTED, DP_STORED_NO),
        Row(413, DP_E_TOO_LARGE, DP_STORED_NO), Row(422, DP_E_REJECTED, DP_STORED_NO),
        Row(429, DP_E_THROTTLED, DP_STORED_NO, again: true),
        Row(431, DP_E_ENDPOINT, DP_STORED_NO), Row(500, DP_E_SERVER, DP_STORED_MAYBE),
        Row(501, DP_E_ENDPOINT, DP_STORED_NO), Row(502, DP_E_SERVER, DP_STORED_MAYBE),
        Row(503, DP_E_SERVER, DP_STORED_MAYBE), Row(504, DP_E_SERVER, DP_STORED_MAYBE),
        Row(599, DP_E_SERVER, DP_STORED_MAYBE),
        Row(
            .reply(status: 503, headers: [Header("Retry-After", "0")]), DP_E_SERVER, DP_STORED_NO,
            again: true),
        Row(.reply(status: 200, body: ""), DP_E_REPLY, DP_STORED_MAYBE),
        Row(.reply(status: 200, body: "[]", stores: true), DP_E_REPLY, DP_STORED_MAYBE),
        Row(
            .reply(status: 200, body: "{\"code\":\"SecMaster.1\",\"message\":\"no\"}"), DP_E_REPLY,
            DP_STORED_MAYBE),
        Row(
            .reply(status: 200, headers: [Header("Content-Type", "text/html")], body: "<html>"),
            DP_E_ENDPOINT, DP_STORED_MAYBE),
        Row(.truncate(bytes: 10), DP_E_REPLY, DP_STORED_MAYBE),
        Row(.ids(count: 3), DP_E_REPLY, DP_STORED_MAYBE),
        Row(.drop(.body, .close), DP_E_NO_REPLY, DP_STORED_MAYBE),
        Row(.drop(.body, .reset), DP_E_NO_REPLY, DP_STORED_MAYBE),
        Row(.drop(.stored, .close), DP_E_NO_REPLY, DP_STORED_MAYBE),
        Row(.drop(.stored, .reset), DP_E_NO_REPLY, DP_STORED_MAYBE),
    ]

    @Test(arguments: rows, [1, 2, 100])
    func everyRowHoldsForEverySize(_ row: Row, _ size: Int) throws {
        let emulator = try Emulator.start()
        let session = try Session(emulator.url)
        // Three failures, then health: what may be tried again succeeds at the fourth attempt.
        emulator.add(Fault(row.effect, times: 3))
        let outcome = try session.submit(objects(size))
        if row.isTriedAgain {
            #expect(outcome.isStored)
            #expect(emulator.stats.requests == 4)
            #expect(emulator.objects(dataclass: DataClass.alert.id).count == size)
        } else {
            #expect(Int(outcome.code) == row.code)
            #expect(outcome.attempts == "1")
            #expect(emulator.stats.requests == 1)
            #expect(outcome.reports.count == size)
            for (report, object) in zip(outcome.reports, objects(size)) {
                #expect(Int(report.code) == row.code)
                #expect(Int(report.stored) == row.stored)
                #expect(report.payload == object)
                #expect(report.id == nil)
            }
        }
    }

    @Test(arguments: rows.filter(\.isTriedAgain))
    func whatMayBeTriedAgainEndsWithTheTime(_ row: Row) throws {
        let emulator = try Emulator.start()
        let session = try Session(emulator.url)
        emulator.add(Fault(row.effect, times: 0))
        let outcome = try session.submit(objects(2), timeout: 300)
        #expect(Int(outcome.code) == row.code)
        #expect(outcome.stored == "no")
        #expect(emulator.stats.requests > 1)
        #expect(emulator.stats.objects == 0)
    }

    @Test func anElementWithoutAnIdConcernsItsObjectOnly() throws {
        let emulator = try Emulator.start()
        let session = try Session(emulator.url)
        let body = #"[{"id":"a","event_id":"e"},{"event_id":"x"},{"id":"c"}]"#
        emulator.add(Fault(.reply(status: 200, body: body, stores: true)))
        let outcome = try session.submit(objects(3))
        #expect(Int(outcome.code) == DP_E_REPLY_ITEM)
        #expect(outcome.reports.map(\.id) == ["a", nil, "c"])
        #expect(outcome.reports.map { Int($0.code) } == [DP_OK, DP_E_REPLY_ITEM, DP_OK])
        #expect(
            outcome.reports.map { Int($0.stored) }
                == [DP_STORED_YES, DP_STORED_MAYBE, DP_STORED_YES])
        #expect(outcome.reports[1].payload == objects(3)[1])
    }

    @Test func theRequestIdIsFoundInTheBodyToo() throws {
        let emulator = try Emulator.start()
        let session = try Session(emulator.url)
        let body = #"{"error_code":"APIGW.0302","error_msg":"no","request_id":"from-body"}"#
        emulator.add(Fault(.reply(status: 403, headers: [Header("X-request-id", "")], body: body)))
        #expect(try session.submit(objects(1)).requestId == "from-body")
    }
}
