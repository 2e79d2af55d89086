// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct LookupWalkTests {
    private func config() throws -> Config {
        var config = Config()
        for (key, value) in [
            ("endpoint", "http://a"), ("iam.endpoint", "http://i"), ("project.id", "p"),
            ("workspace.id", "w"),
        ] {
            try withBytes(key) { key in try withBytes(value) { try config.set(key, $0) } }
        }
        return config
    }

    /// Takes pages until an id is found; the addresses that were asked for.
    private func run(
        _ kind: LookupKind, _ name: Text, _ pages: [String]
    ) throws -> (id: String?, queries: [String]) {
        let config = try config()
        let walk = LookupWalk(kind, name)
        var queries: [String] = []
        for page in pages {
            let url = try walk.url(config).description
            queries.append(String(url.split(separator: "?").last ?? ""))
            let id = try withBytes(page) { bytes in
                guard let page = LookupPage(bytes, kind) else {
                    Issue.record("no page")
                    return nil as Text?
                }
                return try walk.take(page, config)
            }
            if let id { return (id.description, queries) }
        }
        return (nil, queries)
    }

    private func page(_ elements: [(String, String)], total: Int? = nil) -> String {
        let list = elements.map { #"{"id":"\#($0.0)","name":"\#($0.1)"}"# }.joined(separator: ",")
        return #"{"dataclass_details":[\#(list)],"total":\#(total ?? elements.count)}"#
    }

    @Test func oneMatchOnAllPagesIsTheId() throws {
        let found = try run(
            .dataclass, "Alert",
            [
                page([("1", "Alert"), ("2", "Alerts")], total: 3),
                page([("3", "My Alert")], total: 3),
            ])
        #expect(found.id == "1")
        #expect(
            found.queries == ["name=Alert&limit=100&offset=0", "name=Alert&limit=100&offset=2"])
    }

    @Test func aSecondMatchOnALaterPageCounts() throws {
        let error = failure {
            _ = try run(
                .dataclass, "Alert",
                [page([("1", "Alert")], total: 2), page([("2", "Alert")], total: 2)])
        }
        #expect(error?.code == .name)
        #expect(error?.message.contains("1, 2;") == true)
    }

    @Test func theBusinessCodeIsTriedWhereNoNameFits() throws {
        let code = #"{"dataclass_details":[{"id":"7","name":"x","business_code":"A"}],"total":1}"#
        let found = try run(.dataclass, "A", [page([]), code])
        #expect(found.id == "7")
        #expect(found.queries.last == "business_code=A&limit=100&offset=0")
    }

    @Test func whereNothingIsNearEverythingIsLookedAt() throws {
        let error = failure {
            _ = try run(.dataclass, "A", [page([]), page([]), page([("1", "Incident")])])
        }
        #expect(error?.code == .name)
        #expect(error?.message.contains("the nearest: \"Incident\"") == true)
    }

    @Test func whatIsNearNeedsNoFurtherPage() throws {
        let error = failure {
            _ = try run(.dataclass, "Alert", [page([("1", "Alerts")]), page([])])
        }
        #expect(error?.message.contains("the nearest: \"Alerts\"") == true)
    }

    @Test func pagesWithoutAnEndAreLeft() throws {
        let endless = page([("1", "Alert 2")], total: 1_000_000)
        let error = failure {
            _ = try run(.dataclass, "Alert", Array(repeating: endless, count: 100))
        }
        #expect(error?.code == .name)
        #expect(error?.message.contains("more than 100 pages") == true)
    }
}
