import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct PathPartTests {
    @Test(arguments: ["", "a/b", "/", "a\nb", "\u{7f}", ".", ".."])
    func refusesWhatIsNoSegment(_ text: String) {
        #expect(withBytes(text) { PathPart.flaw($0) } != nil)
    }

    @Test func refusesWhatIsNoUTF8() {
        #expect(withBytes([0x61, 0xFF]) { PathPart.flaw($0) } != nil)
    }

    @Test func encodesAllThatIsNotUnreserved() throws {
        var bytes = Bytes()
        try withBytes("aZ09-._~ %?#&=+ü") { try PathPart.encode($0, into: &bytes) }
        #expect(
            String(decoding: bytes.view, as: UTF8.self) == "aZ09-._~%20%25%3F%23%26%3D%2B%C3%BC")
    }
}
