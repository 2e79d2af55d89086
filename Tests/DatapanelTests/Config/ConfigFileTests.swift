import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct ConfigFileTests {
    private func load(_ text: String, into config: inout Config) throws {
        try withBytes(text) { try ConfigFile.parse($0, "f.conf", into: &config) }
    }

    @Test func readsLinesAndSkipsComments() throws {
        var config = Config()
        try load("# a comment\n\n  proxy =  http://a:1 \r\nrequest.timeout=5s", into: &config)
        #expect(string(config.shown(.proxy)) == "http://a:1")
        #expect(config.number(.requestTimeout) == 5_000)
    }

    @Test func aByteOrderMarkIsNoPartOfTheFirstKey() throws {
        var config = Config()
        try load("\u{feff}proxy = http://a:1", into: &config)
        #expect(string(config.shown(.proxy)) == "http://a:1")
    }

    @Test func aValueMayHoldEqualsSigns() throws {
        var config = Config()
        try load("auth.token = abc==", into: &config)
        #expect(config.text(.authToken)?.count == 5)
    }

    @Test(arguments: [
        ("proxy = a\nnonsense\n", "line 2"), ("a\n", "line 1"), ("\n\nendpont = x", "line 3"),
        ("request.timeout = 5", "line 1"), ("= x", "line 1"),
    ])
    func namesTheFileAndTheLine(_ text: String, _ place: String) {
        var config = Config()
        let error = failure { try load(text, into: &config) }
        #expect(error?.code == .config)
        #expect(error?.message.contains("f.conf") == true)
        #expect(error?.message.contains(place) == true)
    }

    @Test func aMissingFileIsAFileError() {
        var config = Config()
        let error = failure { try ConfigFile.load("/nowhere/datapanel.conf", into: &config) }
        #expect(error?.code == .file)
        #expect(error?.message.contains("/nowhere/datapanel.conf") == true)
    }

    @Test func aDirectoryIsAFileError() {
        var config = Config()
        #expect(failure { try ConfigFile.load("/", into: &config) }?.code == .file)
    }

    @Test func anEndlessFileIsNotRead() {
        var config = Config()
        #expect(failure { try ConfigFile.load("/dev/zero", into: &config) }?.code == .file)
    }
}

struct UnitsTests {
    @Test(arguments: [
        ("0ms", Int64(0)), ("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("24h", 86_400_000),
    ])
    func timesAreReadAndWritten(_ text: String, _ value: Int64) {
        #expect(withBytes(text) { Duration.parse($0) } == value)
        #expect(withBytes(Duration.text(value)) { Duration.parse($0) } ?? 0 == value)
    }

    @Test(arguments: ["", "s", "5", "5 s", "5S", "5sec", "-5s", "+5s", "5.0s", "1e3s"])
    func otherTextIsNoTime(_ text: String) {
        #expect(withBytes(text) { Duration.parse($0) } == nil)
    }

    @Test(arguments: [
        ("0", Int64(0)), ("65536", 65_536), ("64KiB", 65_536), ("4MiB", 4 << 20), ("1GiB", 1 << 30),
    ])
    func sizesAreReadAndWritten(_ text: String, _ value: Int64) {
        #expect(withBytes(text) { Size.parse($0) } == value)
        #expect(withBytes(Size.text(value)) { Size.parse($0) } == value)
    }
}

struct EditDistanceTests {
    @Test(arguments: [
        ("endpoint", "endpoint", 0), ("endpont", "endpoint", 1), ("enpdoint", "endpoint", 2),
        ("", "endpoint", 8), ("ENDPOINT", "endpoint", 0),
    ])
    func countsLetters(_ name: String, _ key: String, _ expected: Int) {
        let found = withBytes(name) { name in withBytes(key) { EditDistance.between(name, $0) } }
        #expect(found == expected)
    }

    @Test func longNamesAreCut() {
        let long = String(repeating: "x", count: 100_000)
        #expect(withBytes(long) { EditDistance.between($0, keyOrLastWord: "endpoint") } == 64)
    }
}
