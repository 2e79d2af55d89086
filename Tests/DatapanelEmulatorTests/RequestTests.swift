// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import DatapanelEmulator

struct BatchBodyTests {
    private func objects(_ body: String, list: Emulator.ListField? = nil) throws -> [String] {
        let bytes = Array(body.utf8)
        return try BatchBody(bytes, list: list).objects.map {
            String(decoding: bytes[$0], as: UTF8.self)
        }
    }

    @Test func splitsTheListIntoTheExactBytesOfItsObjects() throws {
        let body =
            #"{"name":"n","data_object":[{"a":[1,2]}, { } ,{"b":"]},{"}  ],"trigger_flag":false}"#
        #expect(try objects(body) == [#"{"a":[1,2]}"#, " { } ", #"{"b":"]},{"}  "#])
    }

    @Test func takesBothNamesOfTheListUnlessHeldToOne() throws {
        #expect(try objects(#"{"data_object":[{}]}"#) == ["{}"])
        #expect(try objects(#"{"data_object_list":[{}]}"#) == ["{}"])
        #expect(try objects(#"{"data_object":[{}]}"#, list: .dataObject) == ["{}"])
        #expect(try objects(#"{"data_object":[{}]}"#, list: .dataObjectList) == [])
        #expect(try objects(#"{"data_object_list":[{}]}"#, list: .dataObject) == [])
    }

    @Test(arguments: [
        "{}", #"{"data_object":[]}"#, #"{"data_object":[ ]}"#, #"{"other":[{}],"more":null}"#,
        #"{"format_version":-2147483648,"name":"","type":"t","id":"i","trigger_flag":true}"#,
    ])
    func takesABodyWithoutObjects(body: String) throws {
        #expect(try objects(body) == [])
    }

    @Test(arguments: [
        ("", "at byte 0: expected an object, not the end"),
        ("[]", "at byte 0: expected an object"),
        ("{} x", "at byte 3: expected the end of the text"),
        (#"{"data_object":[{"a":1,}]}"#, "at byte 23: expected a member name"),
        (#"{"data_object":[{}"#, "at byte 18: expected ',' or ']', not the end"),
        (#"{"data_object":{}}"#, "at byte 15: data_object must be an array"),
        (#"{"data_object":null}"#, "at byte 15: data_object must be an array"),
        (#"{"data_object_list":[{},7]}"#, "at byte 24: data_object_list[1] must be an object"),
        (#"{"data_object":[[]]}"#, "at byte 16: data_object[0] must be an object"),
        (
            #"{"data_object":[],"data_object":[]}"#,
            "at byte 32: a second list of objects, data_object"
        ),
        (#"{"format_version":"1"}"#, "at byte 18: format_version must be an integer of 32 bits"),
        (
            #"{"format_version":2147483648}"#,
            "at byte 18: format_version must be an integer of 32 bits"
        ),
        (#"{"trigger_flag":"true"}"#, "at byte 16: trigger_flag must be true or false"),
        (#"{"name":1}"#, "at byte 8: name must be a string"),
        (#"{"type":null}"#, "at byte 8: type must be a string"),
        (#"{"id":{}}"#, "at byte 6: id must be a string"),
    ])
    func refusesTheRestAndTellsWhy(body: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try objects(body) }
        #expect(error?.description == reason)
    }
}

struct SearchBodyTests {
    @Test func asksForTheFirstPageByItself() throws {
        let search = try SearchBody([])
        #expect(search == (try SearchBody(Array("{}".utf8))))
        #expect((search.limit, search.offset, search.newestFirst) == (100, 0, false))
    }

    @Test func readsWhatItKnows() throws {
        let body = #"{"limit":5,"offset":10,"sort_by":"create_time","order":"DESC"}"#
        let search = try SearchBody(Array(body.utf8))
        #expect((search.limit, search.offset, search.newestFirst) == (5, 10, true))
    }

    @Test(arguments: [
        #"{"limit":0}"#, #"{"limit":10001}"#, #"{"offset":-1}"#, #"{"order":"asc"}"#,
        #"{"sort_by":"update_time"}"#, #"{"condition":{}}"#, #"{"limit":1.5}"#, "[", "{}{}",
    ])
    func refusesWhatItCannotDo(body: String) {
        #expect(throws: JSONError.self) { try SearchBody(Array(body.utf8)) }
    }
}

struct TargetTests {
    @Test func takesPathAndQueryApart() {
        let target = Target("/v1/a%2Fb/%D0%BA?limit=1&name=a+b%2B&flag&limit=2")
        #expect(target?.segments == ["v1", "a/b", "к"])
        #expect(target?.query == ["limit": "2", "name": "a b+", "flag": ""])
    }

    @Test(arguments: ["", "*", "http://host/v1", "/%", "/%4", "/%zz", "/%FF", "/a?%ff=1"])
    func refusesWhatIsNoPath(text: String) {
        #expect(Target(text) == nil)
    }
}

struct RouteTests {
    private func route(_ method: String, _ path: String) -> Route {
        Route(method: method, segments: Target(path)?.segments ?? [])
    }

    @Test func knowsTheRoutesOfTheService() {
        let base = "/v1/p/workspaces/w"
        let objects = "\(base)/soc/datapanel/d/data-objects"
        #expect(
            route("POST", "\(objects)/batch-create")
                == .batchCreate(project: "p", workspace: "w", dataclass: "d"))
        #expect(
            route("POST", "\(objects)/search")
                == .search(project: "p", workspace: "w", dataclass: "d"))
        #expect(
            route("GET", "\(objects)/o")
                == .object(project: "p", workspace: "w", dataclass: "d", id: "o"))
        #expect(
            route("GET", "\(base)/soc/dataclasses") == .dataclasses(project: "p", workspace: "w"))
        #expect(route("GET", "/v1/p/workspaces") == .workspaces(project: "p"))
        #expect(route("GET", "/v3/projects?name=r") == .projects)
        #expect(route("POST", "/v3/auth/tokens?nocatalog=1") == .token)
        #expect(route("PUT", "/meta-data/latest/api/token") == .metadataToken)
        #expect(route("GET", "/openstack/latest/securitykey") == .securityKey)
    }

    @Test func knowsItsOwnRoutes() {
        #expect(route("POST", "/_emulator/faults") == .addFaults)
        #expect(route("DELETE", "/_emulator/faults") == .clearFaults)
        #expect(route("GET", "/_emulator/stats") == .stats)
        #expect(route("DELETE", "/_emulator/objects") == .clearObjects)
        #expect(route("POST", "/_emulator/dataclasses") == .putDataclass)
        #expect(route("DELETE", "/_emulator/dataclasses/d") == .removeDataclass(id: "d"))
        #expect(route("DELETE", "/_emulator/tokens") == .revokeTokens)
        #expect(route("POST", "/_emulator/clock") == .setClock)
        #expect(route("PUT", "/_emulator/faults") == .wrongMethod(allow: "POST, DELETE"))
        #expect(route("GET", "/_emulator/objects") == .wrongMethod(allow: "DELETE"))
    }

    @Test(arguments: [
        ("GET", "/"), ("PUT", "/v1/p/workspaces"), ("POST", "/v2/p/workspaces"),
        ("GET", "/v1/p/workspaces/"), ("GET", "/_emulator"), ("GET", "/_emulator/other"),
        ("PUT", "/v1/p/workspaces/w/soc/datapanel/d/data-objects/batch-create"),
    ])
    func doesNotKnowTheRest(method: String, path: String) {
        #expect(route(method, path) == .unknown)
    }
}
