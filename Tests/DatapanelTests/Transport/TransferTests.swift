import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Datapanel

struct TransferTests {
    private func config(proxy: String) throws -> Config {
        var config = Config()
        try withBytes("proxy") { key in try withBytes(proxy) { try config.set(key, $0) } }
        return config
    }

    @Test(arguments: [
        "http://user:secret@127.0.0.1:99999", "bogus://user:secret@a:1", "http://u:secret@[::1",
        "http://", "a secret", "http://a:b:c",
    ])
    func aProxyThatIsNoURLIsFoundAtOnce(_ proxy: String) throws {
        let config = try config(proxy: proxy)
        let error = failure { _ = try Transfer(config) }
        #expect(error?.code == .config)
        #expect(error?[.key] == "proxy")
        #expect(error?.message.contains("secret") == false)
    }

    @Test(arguments: [
        "", "environment", "http://a:3128", "https://u:p@a", "socks5h://a", "SOCKS4://a", "a:3128",
        "[::1]:3128",
    ])
    func everyOtherProxyIsTaken(_ proxy: String) throws {
        let config = try config(proxy: proxy)
        #expect(throws: Never.self) { _ = try Transfer(config) }
    }

    @Test(arguments: [
        "Unsupported proxy syntax in 'http://user:secret@a:99999'",
        "Unsupported proxy scheme for 'bogus://user:secret",
        "Unsupported proxy 'https://user:secret@a', libcurl is built without it.",
    ])
    func whatLibcurlSaysOfAProxyHasNoPassword(_ text: String) {
        let exchange = Exchange()
        exchange.curlText = "\(text)"
        let shown = exchange.curlText ?? ""
        #expect(shown.hasPrefix("Unsupported proxy"))
        #expect(!shown.contains("secret"))
    }
}
