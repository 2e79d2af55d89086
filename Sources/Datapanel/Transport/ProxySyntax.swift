// SPDX-License-Identifier: Apache-2.0
import CCurl
import CPosix

/// The URLs of proxies, read as libcurl reads them: `[scheme://][user:password@]host[:port]`.
/// Without this check libcurl refuses them call by call, as if the proxy had no address.
enum ProxySyntax {
    private static let schemes: [StaticString] = [
        "http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h",
    ]

    static func isURL(_ text: Text) -> Bool {
        guard let url = curl_url() else { return true }
        defer { curl_url_cleanup(url) }
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME)
        guard curl_url_set(url, CURLUPART_URL, text.pointer, flags) == CURLUE_OK else {
            return false
        }
        var scheme: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK, let scheme else {
            return false
        }
        defer { curl_free(scheme) }
        let name = UnsafeRawBufferPointer(start: scheme, count: strlen(scheme))
        return schemes.contains { ASCII.equalIgnoringCase(name, $0) }
    }
}
