import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct RequestTests {
    private func add(_ request: Request, _ text: String) throws {
        try withBytes(text) { try request.add($0) }
    }

    private func set(_ request: Request, _ field: String, _ value: String?) throws {
        try withBytes(field) { field in
            guard let value else { return try request.set(field, nil) }
            try withBytes(value) { try request.set(field, $0) }
        }
    }

    private func body(_ request: Request, _ field: ListField = .dataObject) throws -> String {
        let text = try request.body(field).text()
        defer { text.pointer.deallocate() }
        #expect(text.count == String(cString: text.pointer).utf8.count)
        return String(cString: text.pointer)
    }

    @Test func bodyHoldsTheCallersBytes() throws {
        let request = try Request()
        try add(request, #" { "b" : 1.50 , "a" : 12345678901234567890123 } "#)
        try add(request, #"{"a":"\/","a":2}"#)
        #expect(
            try body(request)
                == #"{"format_version":1,"data_object":["#
                + #" { "b" : 1.50 , "a" : 12345678901234567890123 } ,{"a":"\/","a":2}]}"#)
        #expect(try body(request, .dataObjectList).contains(#""data_object_list":["#))
    }

    @Test func envelopeHoldsWhatWasSetInAFixedOrder() throws {
        let request = try Request()
        try add(request, "{}")
        try set(request, "id", "i\"d")
        try set(request, "trigger_flag", "false")
        try set(request, "type", "t")
        try set(request, "name", "nä\nme")
        try set(request, "format_version", "-7")
        #expect(
            try body(request)
                == #"{"format_version":-7,"name":"nä\nme","type":"t","trigger_flag":false,"#
                + #""id":"i\"d","data_object":[{}]}"#)
        for field in ["id", "trigger_flag", "type", "name", "format_version"] {
            try set(request, field, nil)
        }
        #expect(try body(request) == #"{"data_object":[{}]}"#)
    }

    @Test(arguments: [
        ("format_version", "2147483648"), ("format_version", ""), ("format_version", "1.0"),
        ("trigger_flag", "yes"), ("trigger_flag", ""), ("nome", "x"), ("", "x"),
    ])
    func envelopeRefusesWhatDoesNotFit(_ field: String, _ value: String) throws {
        let request = try Request()
        try add(request, "{}")
        let error = failure { try set(request, field, value) }
        #expect(error?.code == .argument)
        #expect(try body(request) == #"{"format_version":1,"data_object":[{}]}"#)
    }

    @Test func anEmptyRequestHasNoBody() throws {
        #expect(failure { _ = try Request().body(.dataObject) }?.code == .empty)
    }

    @Test func theLimitIsExact() throws {
        let request = try Request()
        let frame = #"{"format_version":1,"data_object":[]}"#.utf8.count
        let object = Request.bodyLimit - frame
        try add(request, "{\"a\":\"" + String(repeating: "x", count: object - 8) + "\"}")
        #expect(try request.body(.dataObject).count == Request.bodyLimit)
        let longer = failure { _ = try request.body(.dataObjectList) }
        #expect(longer?.code == .tooLarge)
        #expect(longer?.message.contains("12000005") == true)
        #expect(failure { try add(request, "{}") }?.code == .tooLarge)
        #expect(request.count == 1)
        let error = failure { try add(request, String(repeating: " ", count: 13_000_000)) }
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("13000000") == true)
        #expect(error?.message.contains("12000000") == true)
    }

    @Test func aRefusedObjectLeavesTheRequestAsItWas() throws {
        let request = try Request()
        try add(request, #"{"a":1}"#)
        let before = try body(request)
        #expect(failure { try add(request, "[1]") }?.code == .json)
        #expect(failure { try add(request, "") }?.code == .json)
        #expect(try body(request) == before)
    }

    @Test func bodyIsReadInPiecesOfAnySize() throws {
        let request = try Request()
        for index in 0..<9 { try add(request, "{\"n\":\(index)}") }
        let body = try request.body(.dataObject)
        let whole = Array(try self.body(request).utf8)
        for size in 1...whole.count {
            var pieces: [UInt8] = []
            var room = [UInt8](repeating: 0, count: size)
            while pieces.count < whole.count {
                let count = room.withUnsafeMutableBytes {
                    body.pieces.read(at: pieces.count, into: $0)
                }
                #expect(count > 0)
                pieces += room[..<count]
            }
            #expect(pieces == whole)
        }
    }

    @Test func objectsStayWhereReportsShowThem() throws {
        let request = try Request()
        try add(request, #"{"first":1}"#)
        let shown = try request.body(.dataObject).store
        for index in 0..<1_000 { try add(request, "{\"n\":\(index)}") }
        #expect(shown.count == 1)
        #expect(String(decoding: shown[0], as: UTF8.self) == #"{"first":1}"#)
        #expect(request.count == 1_001)
    }
}
