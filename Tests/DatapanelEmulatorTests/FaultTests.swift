// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import DatapanelEmulator

struct FaultBodyTests {
    private func faults(_ body: String) throws -> [Fault] {
        try FaultBody(Array(body.utf8)).faults
    }

    @Test(arguments: [
        (#"{"status":503}"#, Fault(.reply(status: 503))),
        (
            #"{"status":429,"headers":{"Retry-After":"1"},"body":"no","store":true,"times":3}"#,
            Fault(
                .reply(
                    status: 429, headers: [Header("Retry-After", "1")], body: "no", stores: true),
                times: 3)
        ),
        (#"{"delay_ms":200}"#, Fault(delayMilliseconds: 200)),
        (
            #"{"drop":"headers","skip":2,"path":"/search","delay_ms":5}"#,
            Fault(.drop(.headers), skip: 2, path: "/search", delayMilliseconds: 5)
        ),
        (#"{"drop":"body","how":"reset"}"#, Fault(.drop(.body, .reset))),
        (#"{"drop":"stored","how":"close"}"#, Fault(.drop(.stored))),
        (#"{"truncate":10}"#, Fault(.truncate(bytes: 10))),
        (#"{"ids":0,"times":0}"#, Fault(.ids(count: 0), times: 0)),
        (#"{"stall":true}"#, Fault(.stall())),
        (#"{"stall":true,"store":true}"#, Fault(.stall(stores: true))),
    ])
    func readsEveryEffect(body: String, fault: Fault) throws {
        #expect(try faults(body) == [fault])
        #expect(try faults("[\(body), \(body)]") == [fault, fault])
    }

    @Test(arguments: [
        ("{}", "needs one of"), (#"{"times":2}"#, "needs one of"),
        (#"{"stall":false}"#, "needs one of"),
        (#"{"status":503,"stall":true}"#, "has one of"), (#"{"ids":1,"truncate":1}"#, "has one of"),
        (#"{"status":199}"#, "status must be 200 to 599"), (#"{"status":"503"}"#, "an integer"),
        (#"{"times":-1,"ids":1}"#, "times must be"),
        (#"{"drop":"later"}"#, "headers, body, stored"),
        (#"{"drop":"body","how":"softly"}"#, "close, reset"),
        (#"{"how":"reset","ids":1}"#, "with drop"),
        (#"{"body":"x","ids":1}"#, "with a status"),
        (#"{"store":true,"ids":1}"#, "store goes with"),
        (#"{"statsu":503}"#, "no fault has a member statsu"), ("[{}", "needs one of"),
        ("7", "an object"),
        (#"{"status":200,"headers":{"Content-Length":"1"}}"#, "Content-Length is no header"),
        (#"{"status":200,"headers":{"A":"1\r\nB: 2"}}"#, "A is no header"),
        (#"{"status":200,"headers":{"A b":"1"}}"#, "A b is no header"),
        (#"{"ids":1} {}"#, "the end of the text"),
    ])
    func refusesTheRestAndTellsWhy(body: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try faults(body) }
        #expect(error?.reason.contains(reason) == true)
    }
}

struct FaultScriptTests {
    private func statuses(_ script: inout FaultScript, _ targets: [String]) -> [Int?] {
        targets.map { target in
            guard case .reply(let status, _, _, _) = script.next(for: target)?.effect else {
                return nil
            }
            return status
        }
    }

    @Test func happensSoManyTimesInTheOrderGiven() {
        var script = FaultScript()
        script.add([Fault(.reply(status: 429), times: 2), Fault(.reply(status: 503))])
        #expect(statuses(&script, ["/a", "/b", "/c", "/d"]) == [429, 429, 503, nil])
        #expect(script.faults.isEmpty)
    }

    @Test func skipsCountOnlyWhatNoEarlierFaultTook() {
        var script = FaultScript()
        script.add([Fault(.reply(status: 500)), Fault(.reply(status: 502), skip: 2)])
        #expect(statuses(&script, ["/", "/", "/", "/", "/"]) == [500, nil, nil, 502, nil])
    }

    @Test func timesZeroLastsUntilCleared() {
        var script = FaultScript()
        script.add([Fault(.reply(status: 500), times: 0)])
        #expect(
            statuses(&script, Array(repeating: "/", count: 5)) == Array(repeating: 500, count: 5))
        script.clear()
        #expect(statuses(&script, ["/"]) == [nil])
    }

    @Test func pathPicksRequests() {
        var script = FaultScript()
        script.add([Fault(.reply(status: 500), path: "batch-create"), Fault(.reply(status: 502))])
        #expect(statuses(&script, ["/x/search", "/x/batch-create"]) == [502, 500])
        script.add([Fault(.reply(status: 500), path: "name")])
        #expect(statuses(&script, ["/x?name=1", "/names"]) == [nil, 500])
    }

    @Test func neverHappensToTheEmulatorsOwnRoutes() {
        var script = FaultScript()
        script.add([Fault(.reply(status: 500), times: 0)])
        #expect(statuses(&script, ["/_emulator/stats", "/_emulator/"]) == [nil, nil])
    }
}
