// SPDX-License-Identifier: Apache-2.0
import CCurl

/// What holds for every call of a client.
enum TransferOptions {
    /// Below the 60 s after which many load balancers drop idle connections: a connection that is
    /// about to be cut makes an outcome ambiguous that need not be.
    private static let idleSeconds = 50
    /// So that a service that moves in DNS is followed.
    private static let connectionLifeSeconds = 600

    static func apply(
        _ config: Config, isDirect: Bool, to easy: UnsafeMutableRawPointer
    ) throws(DatapanelError) {
        try set(easy, CURLOPT_NOSIGNAL, 1)
        // So that a call ends in time though the name service does not answer: libcurl would join
        // the thread in which it asks. One that does not know the option makes the call late.
        _ = dpx_curl_set_quick_exit(easy)
        try set(easy, CURLOPT_NOPROGRESS, 0)
        try set(easy, CURLOPT_PATH_AS_IS, 1)
        try set(easy, CURLOPT_FOLLOWLOCATION, 0)
        try set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try set(easy, CURLOPT_MAXAGE_CONN, idleSeconds)
        try set(easy, CURLOPT_MAXLIFETIME_CONN, connectionLifeSeconds)
        try set(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        let version = config.isOn(.http2) ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
        try set(easy, CURLOPT_HTTP_VERSION, Int(version))
        try set(easy, CURLOPT_SSL_VERIFYPEER, config.isOn(.tlsVerify) ? 1 : 0)
        try set(easy, CURLOPT_SSL_VERIFYHOST, config.isOn(.tlsVerify) ? 2 : 0)
        if let file = config.text(.tlsCaFile) {
            try check(dpx_curl_set_text(easy, CURLOPT_CAINFO, file.pointer))
            try check(dpx_curl_set_text(easy, CURLOPT_CAPATH, nil))
        }
        if isDirect {
            try set(easy, proxy: "")
            try set(easy, CURLOPT_FORBID_REUSE, 1)
        } else {
            try setProxy(config, easy)
        }
    }

    private static func setProxy(
        _ config: Config, _ easy: UnsafeMutableRawPointer
    ) throws(DatapanelError) {
        guard let proxy = config.text(.proxy) else {
            return try set(easy, proxy: "")
        }
        if ASCII.equal(proxy.bytes, "environment") { return }
        guard ProxySyntax.isURL(proxy) else {
            throw DatapanelError(
                .config,
                "proxy: the value is no URL of a proxy; write it like http://proxy.example.com:3128"
            ).with(.key, "proxy")
        }
        try set(easy, proxy: proxy.pointer)
    }

    /// An empty text keeps libcurl from reading the environment, which it does for each call: a
    /// host that sets a variable meanwhile could end by it.
    private static func set(
        _ easy: UnsafeMutableRawPointer, proxy: UnsafePointer<CChar>
    ) throws(DatapanelError) {
        try check(dpx_curl_set_text(easy, CURLOPT_PROXY, proxy))
        try check(dpx_curl_set_text(easy, CURLOPT_NOPROXY, ""))
    }

    private static func set(
        _ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ value: Int
    ) throws(DatapanelError) {
        let result = dpx_curl_set_long(easy, option, value)
        // Without HTTP/2 in libcurl HTTP/1.1 does as well.
        if option == CURLOPT_HTTP_VERSION && result == CURLE_UNSUPPORTED_PROTOCOL { return }
        try check(result)
    }

    private static func check(_ result: CURLcode) throws(DatapanelError) {
        if result == CURLE_OK { return }
        if result == CURLE_OUT_OF_MEMORY { throw .noMemory("a connection") }
        let reason = curl_easy_strerror(result).map { Excerpt.of($0, limit: 120) } ?? ""
        throw DatapanelError(.internal, "this libcurl does not know an option we need: \(reason)")
    }
}
