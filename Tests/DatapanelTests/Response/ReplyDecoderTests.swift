import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct ReplyDecoderTests {
    private struct Decoded {
        let shape: ReplyShape
        let ids: [String?]
        let eventIds: [String?]
    }

    private func decode(_ reply: [UInt8], count: Int, isJSON: Bool = true) throws -> Decoded {
        let ids = try ItemIds(capacity: count)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: reply.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: reply)
        let shape = ReplyDecoder.decode(UnsafeRawBufferPointer(memory), isJSON: isJSON, ids)
        #expect(memory.elementsEqual(reply))
        let isUsable = shape == .complete || shape == .missingIds
        if isUsable { ReplyDecoder.terminate(memory, ids) }
        func text(_ offset: UInt32) -> String? {
            guard isUsable, offset > 0, let base = memory.baseAddress else { return nil }
            return String(cString: (base + Int(offset)).assumingMemoryBound(to: CChar.self))
        }
        return Decoded(
            shape: shape, ids: (0..<count).map { text(ids[$0].id) },
            eventIds: (0..<count).map { text(ids[$0].eventId) })
    }

    private func decode(_ reply: String, count: Int, isJSON: Bool = true) throws -> Decoded {
        try decode(Array(reply.utf8), count: count, isJSON: isJSON)
    }

    @Test func readsIdsInOrder() throws {
        let found = try decode(
            #" [ {"id":"a","event_id":"x"} ,{"event_id":"y","more":[{"id":"no"}],"id":"b"}] "#,
            count: 2)
        #expect(found.shape == .complete)
        #expect(found.ids == ["a", "b"])
        #expect(found.eventIds == ["x", "y"])
    }

    /// Only what is written just so goes the short way.
    @Test(arguments: [
        #"{"id":"a","event_id":"x"}"#, #"{"id":"","event_id":"x"}"#, #"{"id":"a","event_id":""}"#,
        #"{"id":"\u0041","event_id":"x"}"#, #"{"id":"a","event_id":"\"x"}"#,
        #"{"id":"a\u0000","event_id":"x"}"#, #"{"id":"é","event_id":"ü"}"#,
        #"{"id":"a","event_id":"x","id":"b"}"#, #"{"id":"a","event_id":null}"#,
        #"{"id":"a","event_id":"x"]"#, #"{"id":"a","event_id":"x"#, #"{"id":"a","#,
        "{\"id\":\"a\tb\",\"event_id\":\"x\"}", "{\"id\":\"a\",\"event_id\":\"\u{1}\"}",
        "{\"id\":\"\(String(repeating: "a", count: 200))\",\"event_id\":\"x\"}",
    ])
    func bothWaysReadTheSame(_ item: String) throws {
        let usual = try decode("[\(item),\(item)]", count: 2)
        let other = try decode("[{ \(item.dropFirst()), \(item)]", count: 2)
        #expect(usual.shape == other.shape)
        #expect(usual.ids == other.ids)
        #expect(usual.eventIds == other.eventIds)
    }

    @Test func anEventIdMayBeMissing() throws {
        let found = try decode(#"[{"id":"a"},{"id":"b","event_id":null}]"#, count: 2)
        #expect(found.shape == .complete)
        #expect(found.eventIds == [nil, nil])
    }

    @Test func escapesInIdsAreDecoded() throws {
        let found = try decode(
            #"[{"id":"\u00e9\ud83d\ude00\u4e2d\n\t\b\f\r\"\\\/ü","event_id":"\u0041"}]"#, count: 1)
        #expect(found.ids == ["é😀中\n\t\u{8}\u{c}\r\"\\/ü"])
        #expect(found.eventIds == ["A"])
    }

    @Test(arguments: [
        "null", "{}", "\"a\"", "[]", "7", #"{"id":null}"#, #"{"id":7}"#, #"{"id":""}"#,
        #"{"event_id":"x"}"#, #"{"id":"a\u0000b"}"#, #"{"ID":"a"}"#,
    ])
    func anElementWithoutAnIdIsFound(_ element: String) throws {
        let found = try decode("[{\"id\":\"a\"},\(element),{\"id\":\"c\"}]", count: 3)
        #expect(found.shape == .missingIds)
        #expect(found.ids == ["a", nil, "c"])
    }

    @Test func aListOfAnotherLengthIsNeverMatchedUp() throws {
        for length in 0...9 where length != 3 {
            let list = Array(repeating: #"{"id":"a"}"#, count: length).joined(separator: ",")
            let found = try decode("[\(list)]", count: 3)
            #expect(found.shape == .wrongLength(length))
            #expect(found.ids == [nil, nil, nil])
        }
    }

    @Test(arguments: [
        (#"{"code":"SecMaster.20039999","message":"no"}"#, ReplyShape.serviceError),
        (#"{"error_code":"APIGW.0101","error_msg":"no"}"#, .serviceError),
        (#"{"error":{"code":401,"message":"no"}}"#, .serviceError),
        (#"{"id":"a"}"#, .unusable), ("{}", .unusable), ("7", .unusable), ("", .unusable),
        (#"[{"id":"a"}"#, .unusable), (#"[{"id":"a"}]]"#, .unusable),
        (#"[{"id":"a",}]"#, .unusable),
        ("\u{feff}[]", .unusable), ("<html>no</html>", .page), ("  <!DOCTYPE html>", .page),
    ])
    func otherRepliesAreToldApart(_ reply: String, _ expected: ReplyShape) throws {
        #expect(try decode(reply, count: 1).shape == expected)
    }

    @Test func textThatIsNotSaidToBeJSONIsAPage() throws {
        #expect(try decode("service is fine", count: 1, isJSON: false).shape == .page)
        #expect(try decode("[oops", count: 1, isJSON: false).shape == .page)
        #expect(try decode("", count: 1, isJSON: false).shape == .unusable)
        #expect(try decode(#"[{"id":"a"}]"#, count: 1, isJSON: false).shape == .complete)
    }

    @Test func everyTruncationIsUnusable() throws {
        let reply = Array(#"[{"id":"a\u00e9","event_id":"b"},{"id":"c"}]"#.utf8)
        for length in 1..<reply.count {
            #expect(try decode(Array(reply[..<length]), count: 2).shape == .unusable)
        }
    }

    @Test func deepRepliesAreRefused() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(try decode(deep, count: 1).shape == .unusable)
        let object = String(repeating: "{\"a\":", count: 100_000)
        #expect(try decode(object, count: 1).shape == .unusable)
    }
}

struct ServiceErrorTests {
    @Test(arguments: [
        (#"{"code":"SecMaster.1","message":"m"}"#, "SecMaster.1", "m"),
        (#"{"error_code":"APIGW.0308","error_msg":"m","request_id":"r"}"#, "APIGW.0308", "m"),
        (#"{"errorCode":"E","errorMsg":"m"}"#, "E", "m"),
        (#"{"error":{"code":401,"message":"m","title":"Unauthorized"}}"#, "401", "m"),
        (#"{"error":{"error_code":"IAM.1","error_msg":"m"}}"#, "IAM.1", "m"),
        (#"{"message":"m","code":7}"#, "7", "m"),
    ])
    func everySpellingIsRead(_ body: String, _ code: String, _ message: String) {
        let error = withBytes(body) { ServiceError($0) }
        #expect(error.code == code)
        #expect(error.message == message)
    }

    @Test func theGatewaysRequestIdIsInTheBody() {
        let body = #"{"error_code":"APIGW.0308","error_msg":"m","request_id":"r-1"}"#
        #expect(withBytes(body) { ServiceError($0) }.requestId == "r-1")
    }

    @Test(arguments: ["", "<html>", "[]", "[1]", "7", "{}", #"{"code":null}"#, "{\"code\":\"a\""])
    func otherBodiesSayNothing(_ body: String) {
        let error = withBytes(body) { ServiceError($0) }
        #expect(error.code == nil)
        #expect(error.message == nil)
    }

    @Test func textIsBoundedAndOnOneLine() {
        let long = String(repeating: "x", count: 100_000)
        let error = withBytes("{\"code\":\"a\\nb\",\"message\":\"\(long)\"}") { ServiceError($0) }
        #expect(error.code == "a b")
        #expect((error.message?.count ?? 0) < 1_100)
    }
}
