// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// What the service answers when nothing is made to go wrong.
extension Service {
    /// `idCount` gives the list of ids another length than it should have.
    func reply(_ exchange: Exchange, body: [UInt8], idCount: Int? = nil) -> Reply {
        do throws(Refusal) {
            return try accepted(exchange, body: body, idCount: idCount)
        } catch {
            return error.reply(requestId: exchange.requestId)
        }
    }

    private func accepted(
        _ exchange: Exchange, body: [UInt8], idCount: Int?
    ) throws(Refusal) -> Reply {
        guard let target = Target(exchange.head.uri) else { throw .noSuchRoute }
        let route = Route(method: exchange.head.method.rawValue, segments: target.segments)
        if let reply = try ownReply(route, body, target.query) { return reply }
        switch route {
        case .metadataToken: return try issueMetadataToken(exchange)
        case .securityKey: return try issueKeys(exchange)
        default: try throttle()
        }
        switch route {
        case .batchCreate(let project, let workspace, let dataclass):
            try admit(exchange, body, project, workspace, dataclass)
            return try batchCreate(dataclass, body, idCount)
        case .search(let project, let workspace, let dataclass):
            try admit(exchange, body, project, workspace, dataclass)
            return try search(dataclass, body)
        case .object(let project, let workspace, let dataclass, let id):
            try admit(exchange, body, project, workspace, dataclass)
            return try object(id, dataclass)
        case .dataclasses(let project, let workspace):
            try admit(exchange, body, project, workspace)
            return try listDataclasses(workspace, target.query)
        case .workspaces(let project):
            try admit(exchange, body, project)
            return try listWorkspaces(project, target.query)
        case .projects:
            _ = try caller(exchange, body)
            return try listProjects(target.query)
        case .token: return try issueToken(body, target.query)
        default: throw .noSuchRoute
        }
    }

    /// Nil when the route is not one of the emulator's own.
    private func ownReply(
        _ route: Route, _ body: [UInt8], _ query: [String: String]
    ) throws(Refusal) -> Reply? {
        switch route {
        case .addFaults: try addFaults(body)
        case .clearFaults: clearFaults()
        case .stats: Reply(json: stats.json)
        case .clearObjects: try clearObjects()
        case .putDataclass: try putDataclass(body)
        case .removeDataclass(let id): try removeDataclass(id, query)
        case .revokeTokens: revokeTokens()
        case .setClock: try setClock(body)
        case .wrongMethod(let allow): throw .method(allow: allow)
        default: nil
        }
    }

    // MARK: Data objects

    private func batchCreate(
        _ dataclass: String, _ body: [UInt8], _ idCount: Int?
    ) throws(Refusal) -> Reply {
        let objects = try parameter { () throws(JSONError) in
            try BatchBody(body, list: options.listField).objects
        }
        let now = now.milliseconds
        let ids = try stored { state throws(StoreError) in
            var ids = try state.store.add(objects, of: body, dataclass: dataclass, now: now)
            if let idCount {
                ids = Array(ids.prefix(idCount))
                while ids.count < idCount { ids.append(state.store.inventIds(now: now)) }
            }
            return ids
        }
        var json = JSONWriter()
        json.array(ids) { json, ids in
            json.raw(#"{"id":""#)
            json.raw(ids.id.text)
            json.raw(#"","event_id":""#)
            json.raw(ids.eventId.text)
            json.raw(#""}"#)
        }
        return Reply(json: json)
    }

    private func search(_ dataclass: String, _ body: [UInt8]) throws(Refusal) -> Reply {
        let search = try parameter { () throws(JSONError) in try SearchBody(body) }
        return try stored { state throws(StoreError) in
            var json = JSONWriter()
            json.raw(#"{"code":"00000000","message":"","total":"#)
            json.integer(try state.store.count(dataclass: dataclass))
            json.raw(#","size":"#)
            json.integer(search.limit)
            json.raw(#","page":"#)
            json.integer(search.offset / search.limit)
            json.raw(#","success":true,"data":["#)
            var isFirst = true
            try state.store.visit(dataclass: dataclass, search) { object in
                if !isFirst { json.raw(",") }
                isFirst = false
                json.raw(object)
            }
            json.raw("]}")
            return Reply(json: json)
        }
    }

    private func object(_ text: String, _ dataclass: String) throws(Refusal) -> Reply {
        guard let id = Identifier(text) else { throw .object(text) }
        let found = try stored { state throws(StoreError) in
            try state.store.object(id, dataclass: dataclass)
        }
        guard let found else { throw .object(text) }
        var json = JSONWriter()
        json.raw(#"{"code":"00000000","message":"","success":true,"data":"#)
        json.raw(found)
        json.raw("}")
        return Reply(json: json)
    }

    // MARK: Turning the errors of the layers below into answers

    private func parameter<Value>(_ read: () throws(JSONError) -> Value) throws(Refusal) -> Value {
        do { return try read() } catch { throw .parameter(error) }
    }

    func stored<Value: Sendable>(
        _ body: (inout State) throws(StoreError) -> Value
    ) throws(Refusal) -> Value {
        do { return try withState(body) } catch { throw .storage(error) }
    }
}
