// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Datapanel

struct ReferenceTests {
    private func config(_ settings: [String: String]) throws -> Config {
        var config = Config()
        let all = ["endpoint": "http://127.0.0.1:1", "auth.token": "t", "workspace.id": "w"]
        for (key, value) in all.merging(settings, uniquingKeysWith: { $1 }) {
            try withBytes(key) { key in try withBytes(value) { try config.set(key, $0) } }
        }
        return config
    }

    private func shown(_ reference: Reference?) -> String {
        switch reference {
        case .id(let id): "id \(id)"
        case .name(let name): "name \(name)"
        case nil: "none"
        }
    }

    @Test(arguments: [
        ("name:Alert", "name Alert"), ("name:a:b", "name a:b"), ("Name:a/b", "name a/b"),
        ("name", "id name"), ("", "id "), ("9b1c3f60-7c1d", "id 9b1c3f60-7c1d"),
    ])
    func onlyThePrefixMakesAName(_ text: String, _ wanted: String) throws {
        #expect(shown(try withBytes(text) { try Reference($0) }) == wanted)
    }

    @Test func aNameCanHaveWhatAnIdCannot() {
        func flaw(_ text: String) -> String? { withBytes(text) { Reference.flaw($0)?.description } }
        #expect(flaw("name:a/b ä") == nil)
        #expect(flaw("a/b")?.contains("'/'") == true)
        #expect(flaw("name:") == "is empty after \"name:\"")
        #expect(flaw("name:a\nb")?.contains("control character") == true)
    }

    @Test func aRegionHasAProjectOfItsName() throws {
        #expect(shown(try config(["region": "r"]).reference(.projectId)) == "name r")
        #expect(
            shown(try config(["region": "r", "project.id": "p"]).reference(.projectId)) == "id p")
        #expect(shown(try config([:]).reference(.projectId)) == "none")
        #expect(shown(try config(["region": "r"]).reference(.workspaceId)) == "id w")
    }

    @Test func anIdTakesThePlaceOfItsName() throws {
        let named = try config(["project.id": "name:a"])
        #expect(named.id(.projectId) == nil)
        #expect(try named.with(.projectId, id: "p").id(.projectId)?.description == "p")
    }

    @Test func aNamedProjectNeedsToKnowWhereIAMIs() throws {
        let error = failure { try config(["project.id": "name:a"]).check() }
        #expect(error?[.key] == "iam.endpoint")
        try config(["project.id": "name:a", "iam.endpoint": "http://i"]).check()
        try config(["project.id": "name:a", "region": "r"]).check()
    }

    @Test func producersNeedAProjectOrARegion() throws {
        #expect(failure { try config([:]).checkProducer() }?[.key] == "project.id")
        try config(["region": "r"]).checkProducer()
    }

    @Test func tokensAreAskedForWithAName() throws {
        func scope(_ settings: [String: String]) throws -> String {
            let body = try PasswordRequest.body(config(settings))
            return String(decoding: body.view, as: UTF8.self)
        }
        #expect(try scope(["region": "r"]).hasSuffix(#""scope":{"project":{"name":"r"}}}}"#))
        #expect(try scope(["project.id": "p"]).hasSuffix(#""scope":{"project":{"id":"p"}}}}"#))
    }
}
