// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1
import Testing

@testable import DatapanelEmulator

/// The service without a socket: a head and a body go in, an answer comes out.
struct ServiceTests {
    private func service(_ options: Emulator.Options = .init()) throws -> Service {
        try Service(options)
    }

    private func head(_ target: String = Request.create, length: Int = 0) -> HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1, method: .POST, uri: target,
            headers: ["x-auth-token": "emulator-token", "Content-Length": String(length)])
    }

    /// What the service does with a request of one object.
    private func action(_ service: Service, _ body: String = #"{"data_object":[{}]}"#) throws
        -> Answer.Action
    {
        var mark = ConnectionMark()
        let (exchange, early) = service.arrived(head(), on: &mark)
        return (early ?? service.answer(exchange, body: Array(body.utf8))).action
    }

    private func reply(_ action: Answer.Action) throws -> Reply {
        guard case .send(let reply, _) = action else {
            throw Wire.Failure(description: "\(action)")
        }
        return reply
    }

    @Test func answersOnceTheBodyIsThere() throws {
        let service = try service()
        let reply = try reply(action(service))
        #expect(reply.status == 200)
        #expect(reply.body.count == #"[{"id":"","event_id":""}]"#.count + 2 * 36)
        #expect(try service.objects(dataclass: DataClass.alert.id) == [Array("{}".utf8)])
    }

    @Test func refusesATooLongBodyBeforeItComes() throws {
        let service = try service()
        var mark = ConnectionMark()
        #expect(service.arrived(head(length: Service.bodyLimit), on: &mark).1 == nil)
        let early = service.arrived(head(length: Service.bodyLimit + 1), on: &mark).1
        #expect(try reply(#require(early).action).status == 413)
    }

    @Test func faultsStoreOnlyWhereTheySaySo() throws {
        let expected: [(Fault.Effect, stored: Int)] = [
            (.reply(status: 500), 0), (.reply(status: 500, stores: true), 1), (.drop(.headers), 0),
            (.drop(.body), 0), (.drop(.stored), 1), (.truncate(bytes: 1), 1), (.ids(count: 9), 1),
            (.stall(), 0), (.stall(stores: true), 1), (.none, 1),
        ]
        for (effect, stored) in expected {
            let service = try service()
            service.add([Fault(effect)])
            _ = try action(service)
            #expect(service.stats.objects == stored, "\(effect)")
        }
    }

    @Test func faultsDecideTheAnswer() throws {
        let service = try service()
        service.add([
            Fault(.drop(.headers, .reset)), Fault(.drop(.stored)), Fault(.stall()),
            Fault(.reply(status: 200)), Fault(.reply(status: 503, body: "down")),
        ])
        #expect(try action(service) == .drop(.reset))
        #expect(try action(service) == .drop(.close))
        #expect(try action(service) == .stall)
        #expect(try reply(action(service)).body == Array("[]".utf8))
        #expect(try reply(action(service)).body == Array("down".utf8))
        #expect(try reply(action(service)).status == 200)
    }

    @Test func aWrongLengthIsStillAListOfIds() throws {
        let service = try service()
        for count in [0, 1, 3] {
            service.add([Fault(.ids(count: count))])
            let body = try reply(action(service, #"{"data_object":[{},{}]}"#)).body
            let ids = String(decoding: body, as: UTF8.self).split(separator: #""event_id""#)
            #expect(ids.count - 1 == count)
        }
    }

    @Test func statisticsCountTheServiceAndNotTheEmulator() throws {
        let service = try service()
        var mark = ConnectionMark()
        for _ in 0..<2 {
            let (exchange, _) = service.arrived(head(), on: &mark)
            _ = service.answer(exchange, body: Array(#"{"data_object":[{}]}"#.utf8))
        }
        let (exchange, _) = service.arrived(head("/_emulator/stats"), on: &mark)
        _ = service.answer(exchange, body: [])
        _ = service.answer(service.arrived(head("/nowhere"), on: &mark).0, body: [])
        var expected = Emulator.Stats()
        (expected.requests, expected.objects, expected.connections) = (3, 2, 1)
        expected.byStatus = [200: 2, 404: 1]
        #expect(service.stats == expected)

        try service.clear()
        #expect(service.stats == Emulator.Stats())
        _ = service.arrived(head(), on: &mark)
        #expect(service.stats.connections == 1)
    }

    @Test func remembersOnlyTheLastRequests() throws {
        var options = Emulator.Options()
        options.recordedRequests = 2
        let service = try service(options)
        for body in ["1", "2", "3"] { _ = try action(service, body) }
        #expect(service.recorded.map(\.body) == [Array("2".utf8), Array("3".utf8)])
        #expect(service.recorded.last?.header("X-AUTH-TOKEN") == "emulator-token")
        #expect(try self.service().recorded.isEmpty)
    }

    @Test func requestIdsHaveTheFormOfTheService() {
        let parts = Service.newRequestId().split(separator: "-")
        #expect(parts.count == 3 && parts[0].count == 8 && Int(parts[1]) != nil)
        #expect(Service.newRequestId() != Service.newRequestId())
    }
}
