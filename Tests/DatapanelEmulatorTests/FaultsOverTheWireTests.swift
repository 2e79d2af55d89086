// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Testing

/// The whole way, over real sockets: what goes wrong on request.
struct FaultsOverTheWireTests {
    private static let body = #"{"data_object":[{"a":1},{"b":2}]}"#

    /// Adds a fault over the admin route and sends one batch of two objects.
    private func send(_ fault: String, _ emulator: Emulator, _ wire: Wire) throws {
        let added = try wire.exchange("POST", "/_emulator/faults", token: nil, body: fault)
        #expect(added.text == #"{"added":1}"#)
        try wire.send(Request.bytes(body: Self.body))
    }

    @Test func aScriptedReplyIsSentAsItIs() throws {
        try withEmulator { emulator, wire in
            let headers = #"{"Retry-After":"1","Content-Type":"text/plain"}"#
            let fault = #"{"status":429,"headers":\#(headers),"body":"slow"}"#
            try send(fault, emulator, wire)
            let reply = try wire.receive()
            #expect(reply.status == 429 && reply.text == "slow")
            #expect(reply.header("retry-after") == "1")
            #expect(reply.header("content-type") == "text/plain")
            #expect(emulator.stats.objects == 0)
            #expect(try wire.exchange(body: Self.body).status == 200)
        }
    }

    @Test(arguments: [
        (400, "SecMaster.20030004"), (429, "APIGW.0308"), (502, "Backend unavailable"),
    ])
    func aScriptedStatusHasTheDocumentedBody(status: Int, text: String) throws {
        try withEmulator { emulator, wire in
            try send(#"{"status":\#(status),"store":true}"#, emulator, wire)
            let reply = try wire.receive()
            #expect(reply.status == status && reply.text.contains(text))
            #expect(emulator.stats.objects == 2)
        }
    }

    @Test func aDelayHoldsBackTheAnswerOnly() throws {
        try withEmulator { emulator, wire in
            let start = ContinuousClock.now
            try send(#"{"delay_ms":80}"#, emulator, wire)
            #expect(eventually { emulator.stats.objects == 2 })
            #expect(try wire.receive().status == 200)
            #expect(ContinuousClock.now - start >= .milliseconds(80))
        }
    }

    @Test func aDelayAddsToTheOtherEffects() throws {
        try withEmulator { emulator, wire in
            let start = ContinuousClock.now
            try send(#"{"delay_ms":80,"drop":"stored"}"#, emulator, wire)
            #expect(try wire.receiveToEnd() == ([], .closed))
            #expect(ContinuousClock.now - start >= .milliseconds(80))
        }
    }

    @Test(arguments: [
        ("headers", "close", 0, Wire.Ending.closed), ("headers", "reset", 0, .reset),
        ("body", "close", 0, .closed), ("body", "reset", 0, .reset),
        ("stored", "close", 2, .closed), ("stored", "reset", 2, .reset),
    ])
    func aDropEndsTheConnectionWithoutAByte(
        moment: String, how: String, stored: Int, ending: Wire.Ending
    ) throws {
        try withEmulator { emulator, wire in
            try send(#"{"drop":"\#(moment)","how":"\#(how)"}"#, emulator, wire)
            let (bytes, end) = try wire.receiveToEnd()
            #expect(bytes.isEmpty && end == ending)
            #expect(emulator.stats.objects == stored)
            #expect(emulator.stats.byStatus.isEmpty)
            #expect(try Wire(emulator).exchange(body: Self.body).status == 200)
        }
    }

    @Test func dropAfterTheHeadDoesNotWaitForTheBody() throws {
        try withEmulator { emulator, wire in
            emulator.add(Fault(.drop(.headers, .reset)))
            let request = Request.bytes(body: Self.body)
            try wire.send(Array(request.dropLast(Self.body.utf8.count)))
            #expect(try wire.receiveToEnd() == ([], .reset))
        }
    }

    @Test func aTruncatedReplyPromisesMoreThanItSends() throws {
        try withEmulator { emulator, wire in
            try send(#"{"truncate":10}"#, emulator, wire)
            let (bytes, ending) = try wire.receiveToEnd()
            let (head, start) = try #require(try WireReply.parseHead(bytes))
            #expect(ending == .closed && head.status == 200)
            #expect(head.header("content-length") == String(2 * (2 * 36 + 23) + 3))
            #expect(String(decoding: bytes[start...], as: UTF8.self).hasPrefix(#"[{"id":""#))
            #expect(bytes.count - start == 10)
            #expect(emulator.stats.objects == 2)
        }
    }

    @Test(arguments: [0, 1, 3]) func theListOfIdsCanHaveAnyLength(count: Int) throws {
        try withEmulator { emulator, wire in
            try send(#"{"ids":\#(count)}"#, emulator, wire)
            let ids = try wire.receive().text.split(separator: "event_id").count - 1
            #expect(ids == count && emulator.stats.objects == 2)
        }
    }

    @Test(arguments: [("", 0), (#","store":true"#, 2)])
    func aStallNeverAnswersAndLeavesTheOthersAlone(more: String, stored: Int) throws {
        try withEmulator { emulator, wire in
            try send(#"{"stall":true\#(more)}"#, emulator, wire)
            let other = try Wire(emulator).exchange("GET", "/_emulator/stats", token: nil)
            #expect(other.text.contains(#""objects":\#(stored)"#))
            // More requests on the stalled connection are read, and not answered either.
            try wire.send(Request.bytes(body: Self.body))
            emulator.stop()
            #expect(try wire.receiveToEnd().bytes == [])
            #expect(emulator.stats.objects == stored)
        }
    }

    @Test func faultsComeInOrderAndCanBeCleared() throws {
        try withEmulator { _, wire in
            let faults =
                #"[{"status":500,"times":2},{"status":502,"skip":1},{"status":503,"times":0}]"#
            _ = try wire.exchange("POST", "/_emulator/faults", token: nil, body: faults)
            let statuses = try (0..<5).map { _ in try wire.exchange(body: Self.body).status }
            #expect(statuses == [500, 500, 503, 502, 503])
            let cleared = try wire.exchange("DELETE", "/_emulator/faults", token: nil)
            #expect(cleared.text == #"{"cleared":1}"#)
            #expect(try wire.exchange(body: Self.body).status == 200)
        }
    }

    @Test func aFaultThatIsNoneIsRefused() throws {
        try withEmulator { _, wire in
            let reply = try wire.exchange(
                "POST", "/_emulator/faults", token: nil, body: #"{"statsu":1}"#)
            #expect(reply.status == 400)
            #expect(
                reply.text
                    == #"{"code":"Emulator.InvalidFault","#
                    + #""message":"at byte 10: no fault has a member statsu"}"#
            )
            #expect(try wire.exchange(body: Self.body).status == 200)
        }
    }
}
