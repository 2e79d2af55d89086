// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Testing

/// The whole way, over real sockets: what the service answers when nothing goes wrong.
struct RoutesOverTheWireTests {
    /// The ids in a reply to a batch-create, in order.
    private func ids(_ reply: WireReply) -> [String] {
        reply.text.split(separator: #"{"id":""#).dropFirst().map { String($0.prefix(36)) }
    }

    @Test(arguments: sampleNames, ["data_object", "data_object_list"])
    func samplesComeBackByteForByte(name: String, list: String) throws {
        try withEmulator { emulator, wire in
            let lines = try samples(name)
            try wire.send(Request.bytes(body: Request.batch(lines, list: list)))
            let created = try wire.receive()
            #expect(created.status == 200)
            #expect(emulator.objects(dataclass: DataClass.alert.id) == lines)

            let found = try wire.exchange("POST", Request.search, body: #"{"limit":10000}"#)
            let head =
                #"{"code":"00000000","message":"","total":\#(lines.count),"size":10000,"#
                + #""page":0,"success":true,"data":["#
            let data = Array(lines.joined(separator: [0x2C]))
            #expect(found.body == Array(head.utf8) + data + Array("]}".utf8))

            for (id, line) in zip(ids(created), lines) {
                let one = try wire.exchange("GET", "\(Request.objects)/\(id)")
                let head = #"{"code":"00000000","message":"","success":true,"data":"#
                #expect(one.body == Array(head.utf8) + line + [UInt8(ascii: "}")])
            }
        }
    }

    @Test func everyObjectGetsItsOwnIds() throws {
        try withEmulator { _, wire in
            let body = String(
                decoding: Request.batch(Array(repeating: Array("{}".utf8), count: 50)),
                as: UTF8.self)
            let replies = try (0..<2).map { _ in try wire.exchange(body: body) }
            let all = replies.flatMap { $0.text.split(separator: "\"") }.filter { $0.count == 36 }
            #expect(all.count == 200 && Set(all).count == 200)
        }
    }

    @Test(
        arguments: [
            (nil, Emulator.ListField.dataObject, 0), (nil, .dataObjectList, 0),
            (.dataObject, .dataObject, 0), (.dataObject, .dataObjectList, 1),
        ] as [(Emulator.ListField?, Emulator.ListField, Int)])
    func aListOfAnotherNameIsIgnored(
        only: Emulator.ListField?, sent: Emulator.ListField, missing: Int
    ) throws {
        var options = Emulator.Options()
        options.listField = only
        try withEmulator(options) { emulator, wire in
            let reply = try wire.exchange(body: #"{"\#(sent.rawValue)":[{}]}"#)
            #expect(reply.status == 200)
            #expect(ids(reply).count == 1 - missing)
            #expect(emulator.stats.objects == 1 - missing)
        }
    }

    @Test func searchesOneDataClassPageByPage() throws {
        try withEmulator { _, wire in
            _ = try wire.exchange(body: #"{"data_object":[{"n":0},{"n":1},{"n":2}]}"#)
            let page = try wire.exchange("POST", Request.search, body: #"{"limit":1,"offset":2}"#)
            #expect(
                page.text.hasSuffix(
                    #""total":3,"size":1,"page":2,"success":true,"data":[{"n":2}]}"#))
            let other = Request.search.split(separator: DataClass.alert.id)
                .joined(separator: DataClass.incident.id)
            #expect(try wire.exchange("POST", other).text.hasSuffix(#""success":true,"data":[]}"#))
            #expect(try wire.exchange("POST", Request.search, body: #"{"limit":0}"#).status == 400)
        }
    }

    @Test func listsDataClassesByPartsOfTheirNames() throws {
        try withEmulator { _, wire in
            func names(_ query: String) throws -> [Substring] {
                let list = try wire.exchange("GET", "\(Request.workspace)/soc/dataclasses\(query)")
                return list.text.split(separator: #""name":""#).dropFirst().map {
                    $0.prefix { $0 != "\"" }
                }
            }
            #expect(try names("") == ["Alert", "Incident", "Indicator", "Vulnerability"])
            #expect(try names("?name=IN&limit=100&offset=0") == ["Incident", "Indicator"])
            #expect(try names("?business_code=Alert&is_built_in=true") == ["Alert"])
            #expect(try names("?limit=1&offset=3") == ["Vulnerability"])
            #expect(try names("?name=Alert&business_code=Incident") == [])
            let one = try wire.exchange("GET", "\(Request.workspace)/soc/dataclasses?name=alert")
            #expect(one.text.contains(#""id":"\#(DataClass.alert.id)""#))
            #expect(one.text.hasSuffix(#""total":1}"#))
            let bad = try wire.exchange("GET", "\(Request.workspace)/soc/dataclasses?limit=0")
            #expect(bad.status == 400)
        }
    }

    @Test func listsTheWorkspace() throws {
        try withEmulator { emulator, wire in
            let path = "/v1/\(emulator.options.project)/workspaces"
            let list = try wire.exchange("GET", path).text
            #expect(
                list.hasPrefix(
                    #"{"workspaces":[{"id":"6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11","name":"demo""#))
            #expect(try wire.exchange("GET", "\(path)?name=DEMO").text.hasSuffix(#""count":1}"#))
            #expect(
                try wire.exchange("GET", "\(path)?name=other").text
                    == #"{"workspaces":[],"count":0}"#)
        }
    }

    /// Every refusal keeps the connection, so that one connection can ask for all of them.
    @Test func refusesWithTheCodesOfTheService() throws {
        let other = "00000000-0000-0000-0000-000000000000"
        let object = "\(Request.objects)/\(other)"
        func create(_ old: String, _ new: String) -> String {
            Request.create.split(separator: old).joined(separator: new)
        }
        let options = Emulator.Options()
        let expected: [(String, String, String?, String, Int, String)] = [
            ("POST", Request.create, nil, "{}", 401, #""error_code":"APIGW.0301""#),
            ("POST", Request.create, "other", "{}", 401, "decrypt token fail"),
            ("POST", create(options.project, "p"), options.token, "{}", 400, "20030002"),
            ("POST", create(options.workspace, other), options.token, "{}", 403, "20010001"),
            ("POST", create(DataClass.alert.id, "Alert"), options.token, "{}", 400, "20030022"),
            ("POST", Request.create, options.token, "{", 400, #""code":"SecMaster.20030001""#),
            (
                "POST", Request.create, options.token, #"{"data_object":[1]}"#, 400,
                "must be an object"
            ),
            ("GET", object, options.token, "", 400, "20030005"),
            ("GET", "\(Request.objects)/x", options.token, "", 400, "20030005"),
            ("PUT", Request.create, options.token, "{}", 404, #""error_code":"APIGW.0101""#),
            ("POST", "/v1/elsewhere", nil, "", 404, "APIGW.0101"),
            ("GET", "/%zz", options.token, "", 404, "APIGW.0101"),
        ]
        try withEmulator { emulator, wire in
            for (method, target, token, body, status, text) in expected {
                let reply = try wire.exchange(method, target, token: token, body: body)
                #expect(reply.status == status && reply.text.contains(text), "\(reply.text)")
                #expect(reply.header("X-request-id")?.isEmpty == false)
            }
            #expect(emulator.stats.objects == 0 && emulator.stats.connections == 1)
            #expect(emulator.stats.requests == expected.count)
        }
    }

    @Test func gatewayErrorsRepeatTheRequestId() throws {
        try withEmulator { _, wire in
            let reply = try wire.exchange(token: nil)
            let id = try #require(reply.header("x-request-id"))
            #expect(reply.text.hasSuffix(#""request_id":"\#(id)"}"#))
        }
    }

    @Test func tellsAndResetsItsStatistics() throws {
        try withEmulator { emulator, wire in
            _ = try wire.exchange(body: #"{"data_object":[{},{}]}"#)
            _ = try wire.exchange(token: nil)
            let stats = try wire.exchange("GET", "/_emulator/stats", token: nil)
            #expect(
                stats.text
                    == #"{"requests":2,"objects":2,"connections":1,"by_status":{"200":1,"401":1},"#
                    + #""token_requests":{"good":0,"refused":0}}"#)
            let cleared = try wire.exchange("DELETE", "/_emulator/objects", token: nil)
            #expect(cleared.text == #"{"cleared":2}"#)
            #expect(emulator.stats == Emulator.Stats())
            let wrong = try wire.exchange("GET", "/_emulator/objects", token: nil)
            #expect(wrong.status == 405 && wrong.header("Allow") == "DELETE")
        }
    }

    @Test func remembersRequestsAsTheyCame() throws {
        var options = Emulator.Options()
        options.recordedRequests = 16
        try withEmulator(options) { emulator, wire in
            _ = try wire.exchange(headers: ["X-Odd:  Spaced"], body: #"{"data_object":[]}"#)
            let request = try #require(emulator.requests.first)
            #expect(request.method == "POST" && request.target == Request.create)
            #expect(
                request.headers.map(\.name) == ["Host", "X-Auth-Token", "X-Odd", "Content-Length"])
            #expect(request.header("x-odd") == "Spaced")
            #expect(request.body == Array(#"{"data_object":[]}"#.utf8))
        }
    }
}
