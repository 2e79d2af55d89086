import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct ObjectBuilderTests {
    private func json(_ object: ObjectBuilder) throws -> String {
        let text = try object.json()
        defer { text.pointer.deallocate() }
        return String(cString: text.pointer)
    }

    private func set(_ object: ObjectBuilder, _ path: String, json: String) throws {
        try withBytes(json) { try object.set(path, json: $0) }
    }

    @Test func setsMembersOfEveryType() throws {
        let object = try ObjectBuilder()
        try object.set("s", string: "naïve \"quote\"")
        try object.set("i", integer: .min)
        try object.set("r", real: 0.5)
        try object.set("t", bool: true)
        try object.set("f", bool: false)
        try object.setNull("n")
        try set(object, "j", json: " [1, {\"a\": \"b\"}] ")
        #expect(
            try json(object)
                == #"{"s":"naïve \"quote\"","i":-9223372036854775808,"r":0.5,"t":true,"f":false,"#
                + #""n":null,"j":[1,{"a":"b"}]}"#)
    }

    @Test func pathsMakeWhatIsMissing() throws {
        let object = try ObjectBuilder()
        try object.set("a.b.c", integer: 1)
        try object.set("a.b.d", integer: 2)
        try object.set("list[+].ip", string: "192.0.2.1")
        try object.set("list[-1].port", integer: 22)
        try object.set("list[+].ip", string: "192.0.2.2")
        try object.set("list[0].port", integer: 23)
        try object.set("grid[+][+]", integer: 7)
        try object.set("dotted\\.name\\[0]", bool: true)
        #expect(
            try json(object)
                == #"{"a":{"b":{"c":1,"d":2}},"list":[{"ip":"192.0.2.1","port":23},"#
                + #"{"ip":"192.0.2.2"}],"grid":[[7]],"dotted.name[0]":true}"#)
    }

    @Test func replacesWhatWasThere() throws {
        let object = try ObjectBuilder()
        try set(object, "a", json: "[1,2,3]")
        try object.set("a[1]", string: "two")
        try object.set("a[-1]", integer: 4)
        #expect(try json(object) == #"{"a":[1,"two",4]}"#)
        try object.set("a", integer: 0)
        #expect(try json(object) == #"{"a":0}"#)
    }

    @Test(arguments: [
        "", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[1", "a[+", "a[--1]", "a[1]b", "[+]",
        "a[99999999999999999999]", "a\\",
    ])
    func refusesPathsThatDoNotParse(_ path: String) throws {
        let object = try ObjectBuilder()
        let error = failure { try object.set(path, integer: 1) }
        #expect(error?.code == .path)
        #expect(error?[.offset] != nil)
        #expect(try json(object) == "{}")
    }

    @Test(arguments: [
        "s.x", "s[0]", "list.x", "list[2]", "list[-3]", "new[0]", "new.x[-1].y", "o[+]",
    ])
    func refusesPathsThatDoNotFitAndChangesNothing(_ path: String) throws {
        let object = try ObjectBuilder()
        try set(object, "s", json: "\"text\"")
        try set(object, "list", json: "[1,2]")
        try set(object, "o", json: "{}")
        let before = try json(object)
        #expect(failure { try object.set(path, integer: 1) }?.code == .path)
        #expect(try json(object) == before)
    }

    @Test func refusesWhatJSONCannotHold() throws {
        let object = try ObjectBuilder()
        #expect(failure { try object.set("a", real: .nan) }?.code == .argument)
        #expect(failure { try object.set("a", real: .infinity) }?.code == .argument)
        let bad: [CChar] = [0x61, -1, 0]
        bad.withUnsafeBufferPointer { text in
            guard let pointer = text.baseAddress else { return }
            #expect(failure { try object.set("a", string: pointer) }?.code == .argument)
            #expect(failure { try object.set(pointer, integer: 1) }?.code == .argument)
        }
        #expect(failure { try set(object, "a", json: "[1,]") }?[.offset] == "3")
        #expect(failure { try set(object, "a", json: "[99999999999999999999]") }?.code == .json)
        #expect(try json(object) == "{}")
    }

    @Test func stringsAreEscapedWhereJSONWantsIt() throws {
        let object = try ObjectBuilder()
        try set(object, "a", json: #""\u0000\u001f\b\f\n\r\t\"\\\/é\u007f""#)
        try object.set("\n\"", integer: 1)
        let text = #"{"a":"\u0000\u001F\b\f\n\r\t\"\\/é"# + "\u{7f}" + #"","\n\"":1}"#
        #expect(try json(object) == text)
    }

    @Test func everyTypeIsWritten() throws {
        let object = try ObjectBuilder()
        let value = #"[null,true,false,-9223372036854775808,0.5,"",{},[],[[1],{"b":2}]]"#
        try set(object, "a", json: value)
        #expect(try json(object) == "{\"a\":\(value)}")
    }

    @Test func nestingIsBoundedWhateverTheWay() throws {
        let object = try ObjectBuilder()
        let deep = Array(repeating: "a", count: 513).joined(separator: ".")
        #expect(failure { try object.set(deep, integer: 1) }?.code == .path)
        let brackets = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(failure { try set(object, "b", json: brackets) }?.code == .json)
        let deepest = Array(repeating: "a", count: 512).joined(separator: ".")
        try object.set(deepest, integer: 1)
        #expect(failure { try set(object, deepest, json: "[]") }?.code == .json)
        let request = try Request()
        try request.add(object)
        #expect(request.count == 1)
    }
}
