// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator
import Testing

/// Projects, workspaces and data classes by their names, over real sockets.
struct LookupsOverTheWireTests {
    private let crowd = "a15e0d17-3c42-4b8a-9f60-7d1e2c4b5000"

    /// The values of a member, in the order of the list.
    private func values(_ member: String, _ reply: WireReply) -> [String] {
        reply.text.split(separator: #""\#(member)":""#).dropFirst().map { text in
            String(text.prefix { $0 != "\"" })
        }
    }

    @Test func findsProjectsByTheirWholeName() throws {
        try withEmulator { emulator, wire in
            func ids(_ query: String) throws -> [String] {
                let reply = try wire.exchange("GET", "/v3/projects\(query)")
                #expect(reply.status == 200 && reply.header("X-IAM-Trace-Id") != nil)
                return reply.text.split(separator: #"{"id":""#).dropFirst()
                    .map { String($0.prefix(32)) }
            }
            #expect(try ids("?name=ap-southeast-3") == [emulator.options.project])
            #expect(try ids("?name=twin").count == 2)
            #expect(try ids("?name=ap-southeast") == [])
            #expect(try ids("").count == 3)
            #expect(try ids("?page=2&per_page=2").count == 1)
            #expect(try ids("?page=9223372036854775807&per_page=5000").count == 0)
            let account = emulator.options.account
            #expect(try ids("?domain_id=\(account.domainId)&enabled=true").count == 3)
            #expect(try ids("?domain_id=other") == [])
            for query in ["?page=1", "?page=0&per_page=1", "?page=1&per_page=5001"] {
                let reply = try wire.exchange("GET", "/v3/projects\(query)")
                #expect(reply.status == 400 && reply.text.contains(#""title":"Bad Request""#))
            }
            #expect(try wire.exchange("GET", "/v3/projects", token: nil).status == 401)
            #expect(try wire.signed("GET", "/v3/projects?name=twin").status == 200)
        }
    }

    @Test(arguments: [
        ("workspaces", "crowd", 121), ("workspaces/CROWD/soc/dataclasses", "Crowd", 121),
    ])
    func aNameCanBeBeyondTheFirstPage(list: String, name: String, total: Int) throws {
        try withEmulator { emulator, wire in
            let path = list.split(separator: "CROWD").joined(separator: crowd)
            let target = "/v1/\(emulator.options.project)/\(path)?name=\(name)"
            let first = try wire.exchange("GET", "\(target)&limit=100")
            #expect(values("name", first).count == 100 && !values("name", first).contains(name))
            #expect(first.text.hasSuffix("\":\(total)}"))
            let second = try wire.exchange("GET", "\(target)&limit=100&offset=100")
            #expect(values("name", second).count == total - 100)
            #expect(values("name", second).last == name)
            #expect(try wire.exchange("GET", "\(target)&limit=101").status == 400)
        }
    }

    @Test func aNameCanMeanTwo() throws {
        try withEmulator { emulator, wire in
            let list = "/v1/\(emulator.options.project)/workspaces"
            #expect(try values("name", wire.exchange("GET", "\(list)?name=twin")).count == 2)
            let classes = "\(list)/\(crowd)/soc/dataclasses"
            let twins = try wire.exchange("GET", "\(classes)?name=Twin")
            #expect(values("name", twins) == ["Twin", "Twin"])
            #expect(values("business_code", twins) == ["TWIN_1", "TWIN_2"])
            let one = try wire.exchange("GET", "\(classes)?business_code=TWIN_2")
            let id = try #require(values("id", one).first)
            let create = "\(list)/\(crowd)/soc/datapanel/\(id)/data-objects/batch-create"
            #expect(try wire.exchange("POST", create, body: #"{"data_object":[{}]}"#).status == 200)
            #expect(emulator.objects(dataclass: id).count == 1)
        }
    }

    @Test func everyWorkspaceHasItsOwnDataClasses() throws {
        try withEmulator { emulator, wire in
            let list = "/v1/\(emulator.options.project)/workspaces"
            let create =
                "\(list)/\(crowd)/soc/datapanel/\(DataClass.alert.id)/data-objects/batch-create"
            let elsewhere = try wire.exchange("POST", create, body: "{}")
            #expect(elsewhere.text.contains("20030022"))
            let twin = "/v1/2a7c9d10e4b84f6fa1d3c5e7092b4d68/workspaces"
            #expect(try wire.exchange("GET", twin).text == #"{"workspaces":[],"count":0}"#)
            let classes = "\(twin)/\(emulator.options.workspace)/soc/dataclasses"
            #expect(try wire.exchange("GET", classes).status == 403)
        }
    }

    @Test func lookUpsFailAsTheyAreTold() throws {
        try withEmulator { emulator, wire in
            emulator.add(
                Fault(.reply(status: 503), path: "/soc/dataclasses"),
                Fault(.drop(.headers), path: "/v3/projects"))
            let classes = "\(Request.workspace)/soc/dataclasses"
            let reply = try wire.exchange("GET", classes)
            #expect(reply.status == 503 && reply.text.contains("APIGW.0613"))
            #expect(try wire.exchange("GET", classes).status == 200)
            #expect(throws: Wire.Failure.self) { try wire.exchange("GET", "/v3/projects") }
        }
    }

    /// Somebody deletes a data class and makes a new one of its name, which has another id.
    @Test func aDataClassCanGoAndComeBack() throws {
        try withEmulator { _, wire in
            func admin(_ method: String, _ path: String, _ body: String = "") throws -> String {
                try wire.exchange(method, "/_emulator/\(path)", token: nil, body: body).text
            }
            let body = #"{"data_object":[{}]}"#
            #expect(try wire.exchange(body: body).status == 200)
            let old = "dataclasses/\(DataClass.alert.id)"
            #expect(try admin("DELETE", old) == #"{"removed":1}"#)
            #expect(try admin("DELETE", old) == #"{"removed":0}"#)
            let gone = try wire.exchange(body: body)
            #expect(gone.status == 404)
            #expect(
                gone.text
                    == #"{"code":"SecMaster.20030022","message":"Failed to query the data class: "#
                    + #"\#(DataClass.alert.id)"}"#)
            #expect(
                try admin("POST", "dataclasses", #"{"id":"new","name":"Alert"}"#) == #"{"put":1}"#)
            let list = try wire.exchange("GET", "\(Request.workspace)/soc/dataclasses?name=Alert")
            #expect(values("id", list) == ["new"])
            let create = Request.create.split(separator: DataClass.alert.id).joined(
                separator: "new")
            #expect(try wire.exchange("POST", create, body: body).status == 200)

            #expect(try admin("DELETE", "dataclasses/new?status=400") == #"{"removed":1}"#)
            #expect(try wire.exchange("POST", create, body: body).status == 400)
        }
    }

    @Test func aDataClassCanGetAnotherName() throws {
        try withEmulator { emulator, wire in
            var alert = DataClass.alert
            alert.name = "Alarm"
            #expect(emulator.put(alert))
            let list = try wire.exchange("GET", "\(Request.workspace)/soc/dataclasses?name=Al")
            #expect(values("name", list) == ["Alarm"])
            #expect(try wire.exchange(body: "{}").status == 200)
            #expect(emulator.removeDataclass(id: alert.id, status: 400))
            #expect(try wire.exchange(body: "{}").status == 400)
        }
    }

    @Test(
        arguments: [
            ("POST", "dataclasses", "{", "expected a member name"),
            ("POST", "dataclasses", "{}", "needs an id and a name"),
            (
                "POST", "dataclasses", #"{"id":"a","name":"b","x":1}"#,
                "no data class has a member x"
            ),
            ("POST", "dataclasses", #"{"id":"a","name":"b","workspace":"w"}"#, "no workspace w"),
            ("DELETE", "dataclasses/a?status=500", "", "status is 404 or 400"),
            ("POST", "clock", #"{"offset":1}"#, "no clock has a offset"),
            ("POST", "clock", #"{"offset_seconds":1000000001}"#, "too far off"),
        ] as [(String, String, String, String)])
    func refusesWhatItCannotChange(
        method: String, path: String, body: String, reason: String
    ) throws {
        try withEmulator { _, wire in
            let reply = try wire.exchange(method, "/_emulator/\(path)", token: nil, body: body)
            #expect(reply.status == 400 && reply.text.contains(reason), "\(reply.text)")
        }
    }
}
