// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Testing

/// What holds for every connection, whatever is asked over it.
struct ConnectionTests {
    private static let body = #"{"data_object":[{"a":1}]}"#

    @Test func aReplyIsOneWrite() throws {
        try withEmulator { _, wire in
            let objects = Array(repeating: Array("{}".utf8), count: 100)
            for _ in 0..<20 {
                try wire.send(Request.bytes(body: Request.batch(objects)))
                // The first read finds all of it.
                let bytes = try wire.receiveOnce()
                #expect(try WireReply.parse(bytes)?.1 == bytes.count)
            }
        }
    }

    @Test func aConnectionServesManyRequests() throws {
        try withEmulator { emulator, wire in
            let statuses = try (0..<100).map { _ in try wire.exchange(body: Self.body).status }
            #expect(statuses.allSatisfy { $0 == 200 })
            #expect(emulator.stats.connections == 1 && emulator.stats.objects == 100)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() throws {
        try withEmulator { emulator, wire in
            emulator.add(Fault(skip: 1, delayMilliseconds: 30), Fault(.reply(status: 500), skip: 1))
            let count = 1_000
            try wire.send((0..<count).flatMap { _ in Request.bytes(body: Self.body) })
            let statuses = try (0..<count).map { _ in try wire.receive().status }
            #expect(statuses == (0..<count).map { $0 == 2 ? 500 : 200 })
            #expect(emulator.stats.objects == count - 1)
        }
    }

    @Test func aRequestMayComeByteByByte() throws {
        try withEmulator { _, wire in
            for byte in Request.bytes(body: Self.body) { try wire.send([byte]) }
            #expect(try wire.receive().status == 200)
        }
    }

    @Test(arguments: ["Connection: close", "connection: Close"])
    func theClientMayAskForTheEnd(header: String) throws {
        try withEmulator { _, wire in
            let reply = try wire.exchange(headers: [header], body: Self.body)
            #expect(reply.status == 200 && reply.header("connection") == "close")
            #expect(try wire.receiveToEnd() == ([], .closed))
        }
    }

    @Test func theClientMayCloseItsHalfAndStillGetsItsAnswer() throws {
        try withEmulator { emulator, wire in
            emulator.add(Fault(delayMilliseconds: 30))
            try wire.send(Request.bytes(body: Self.body))
            wire.finishSending()
            #expect(try wire.receive().status == 200)
            #expect(try wire.receiveToEnd() == ([], .closed))
        }
    }

    @Test func aBodyThatBreaksOffIsNotStored() throws {
        try withEmulator { emulator, wire in
            try wire.send(Array(Request.bytes(body: Self.body).dropLast()))
            wire.finishSending()
            #expect(try wire.receiveToEnd().bytes == [])
            #expect(emulator.stats.requests == 1 && emulator.stats.objects == 0)
        }
    }

    @Test func takesChunkedBodies() throws {
        try withEmulator { emulator, wire in
            try wire.send(
                "POST \(Request.create) HTTP/1.1\r\nHost: x\r\nX-Auth-Token: emulator-token\r\n")
            try wire.send("Transfer-Encoding: chunked\r\n\r\n")
            for character in Self.body { try wire.send("1\r\n\(character)\r\n") }
            try wire.send("0\r\n\r\n")
            #expect(try wire.receive().status == 200)
            #expect(emulator.objects(dataclass: DataClass.alert.id) == [Array(#"{"a":1}"#.utf8)])
        }
    }

    @Test func saysToGoOnWhenAsked() throws {
        try withEmulator { _, wire in
            let request = Request.bytes(headers: ["Expect: 100-continue"], body: Self.body)
            try wire.send(Array(request.dropLast(Self.body.utf8.count)))
            #expect(try wire.receive().status == 100)
            try wire.send(Self.body)
            #expect(try wire.receive().status == 200)
        }
    }

    @Test func aHeadHasNoBody() throws {
        try withEmulator { _, wire in
            try wire.send(Request.bytes("HEAD", "/v1"))
            let (bytes, _) = try wire.receiveToEnd()
            let (head, start) = try #require(try WireReply.parseHead(bytes))
            #expect(head.status == 404 && start == bytes.count)
        }
    }

    // MARK: Limits

    @Test func aBodyOfTheLimitIsTaken() throws {
        try withEmulator { emulator, wire in
            let empty = #"{"data_object":[{"a":""}]}"#
            let filler = String(repeating: "x", count: 12_000_000 - empty.utf8.count)
            let reply = try wire.exchange(body: #"{"data_object":[{"a":"\#(filler)"}]}"#)
            #expect(reply.status == 200)
            #expect(emulator.stats.objects == 1)
        }
    }

    @Test func aLongerBodyIsRefusedBeforeItComes() throws {
        try withEmulator { emulator, wire in
            let length = 12_000_001
            let request = Request.bytes(body: [UInt8](repeating: 0x20, count: length))
            try wire.send(Array(request.dropLast(length)))
            let reply = try wire.receive()
            #expect(reply.status == 413 && reply.text.contains("APIGW.0201"))
            #expect(reply.header("connection") == "close")
            // The client may send the rest all the same, and is not cut off with a reset.
            try wire.send(Array(request.suffix(length)))
            #expect(try wire.receiveToEnd() == ([], .closed))
            #expect(emulator.stats.byStatus == [413: 1])
        }
    }

    @Test func aLongerChunkedBodyIsRefusedOnItsWay() throws {
        try withEmulator { emulator, wire in
            try wire.send(
                "POST \(Request.create) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk =
                Array("F4240\r\n".utf8) + [UInt8](repeating: 0x20, count: 1_000_000) + [0x0D, 0x0A]
            for _ in 0..<13 { try wire.send(chunk) }
            #expect(try wire.receive().status == 413)
            try wire.send("0\r\n\r\n")
            #expect(try wire.receiveToEnd() == ([], .closed))
            #expect(emulator.stats.byStatus == [413: 1])
        }
    }

    @Test func tooManyHeadersAreRefused() throws {
        try withEmulator { _, wire in
            let header = "X-Long: \(String(repeating: "x", count: 100_000))"
            try wire.send(Request.bytes(headers: [header], body: Self.body))
            let (bytes, _) = try wire.receiveToEnd()
            #expect(try WireReply.parse(bytes)?.0.status == 494)
        }
    }

    @Test(arguments: ["nonsense\r\n\r\n", "GET /\r\n\r\n", "POST / HTTP/1.1\r\nA b: c\r\n\r\n"])
    func whatIsNotHTTPIsRefused(text: String) throws {
        try withEmulator { _, wire in
            try wire.send(text)
            let (bytes, _) = try wire.receiveToEnd()
            let reply = try #require(try WireReply.parse(bytes)?.0)
            #expect(reply.status == 400 && reply.text.contains("APIGW.0201"))
        }
    }
}
