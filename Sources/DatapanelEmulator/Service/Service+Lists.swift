// SPDX-License-Identifier: Apache-2.0

/// The look-ups: what there is to put objects into.
extension Service {
    func listDataclasses(
        _ workspace: String, _ query: [String: String]
    ) throws(Refusal) -> Reply {
        let all = directory.workspace(id: workspace)?.dataclasses ?? []
        let matching = all.filter { dataclass in
            Self.matches(dataclass.name, query["name"])
                && Self.matches(dataclass.businessCode, query["business_code"])
                && Self.matches(dataclass.description, query["description"])
                && query["is_built_in"] != "false"
        }
        let page = try Self.page(matching, query)
        var json = JSONWriter()
        json.raw(#"{"dataclass_details":"#)
        json.array(page) { json, dataclass in
            json.object([
                "id": .string(dataclass.id), "name": .string(dataclass.name),
                "business_code": .string(dataclass.businessCode),
                "description": .string(dataclass.description), "is_built_in": true,
                "workspace_id": .string(workspace),
                "project_id": .string(options.project),
                "create_time": .string(started.service), "update_time": .string(started.service),
            ])
        }
        json.raw(#","total":"#)
        json.integer(matching.count)
        json.raw("}")
        return Reply(json: json)
    }

    /// All of them are in the one project.
    func listWorkspaces(
        _ project: String, _ query: [String: String]
    ) throws(Refusal) -> Reply {
        let all = project == options.project ? directory.workspaces : []
        let matching = all.filter { Self.matches($0.name, query["name"]) }
        let page = try Self.page(matching, query)
        var json = JSONWriter()
        json.raw(#"{"workspaces":"#)
        json.array(page) { json, workspace in
            json.object([
                "id": .string(workspace.id), "name": .string(workspace.name),
                "description": "A workspace of the emulator",
                "project_id": .string(options.project),
                "project_name": .string(options.region), "region_id": .string(options.region),
                "is_view": false, "create_time": .string(started.service),
                "update_time": .string(started.service),
            ])
        }
        json.raw(#","count":"#)
        json.integer(matching.count)
        json.raw("}")
        return Reply(json: json)
    }

    /// The service matches loosely: a part of the text is enough, in any case.
    private static func matches(_ text: String, _ wanted: String?) -> Bool {
        guard let wanted, !wanted.isEmpty else { return true }
        return text.lowercased().contains(wanted.lowercased())
    }

    private static func page<Element>(
        _ elements: [Element], _ query: [String: String]
    ) throws(Refusal) -> ArraySlice<Element> {
        let offset = try number("offset", query, default: 0, in: 0...Int.max)
        let limit = try number("limit", query, default: 100, in: 1...100)
        return elements.dropFirst(offset).prefix(limit)
    }

    private static func number(
        _ name: String, _ query: [String: String], default: Int, in range: ClosedRange<Int>
    ) throws(Refusal) -> Int {
        guard let text = query[name] else { return `default` }
        guard let value = Int(text), range ~= value else {
            throw .parameter("\(name) must be an integer from \(range.lowerBound) up")
        }
        return value
    }
}
