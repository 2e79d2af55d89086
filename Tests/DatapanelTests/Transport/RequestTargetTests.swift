import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct RequestTargetTests {
    private func target(_ url: String) -> String? {
        withBytes(url) { bytes in
            RequestTarget.start(in: bytes).map { String(decoding: bytes[$0...], as: UTF8.self) }
        }
    }

    @Test(arguments: [
        ("https://a.example", "/v1/p/workspaces"), ("http://127.0.0.1:8080", "/"),
        ("http://[::1]:8080", "/a?limit=1&name=b"), ("https://a", "//b/../c"),
        ("https://a", "/b%20c?d=%23"),
    ])
    func isWhatFollowsTheOrigin(_ origin: String, _ path: String) {
        #expect(target(origin + path) == path)
    }

    @Test(arguments: [
        "", "a", "/a", "http:", "http:/", "http:/a/b", "http://", "https://a", "https://a?b=/c",
        "https://a#/b", "https://a/b#c", "https://a/b c", "https://a/b\r\nX: y", "https://a/\u{7f}",
        "https://a/é", "https://a/b\0c",
    ])
    func whateverIsNotPlainLibcurlHasToSee(_ url: String) {
        #expect(target(url) == nil)
    }
}
