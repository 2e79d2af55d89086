// SPDX-License-Identifier: Apache-2.0
import CCurl

/// libcurl as a whole.
package enum CurlLibrary {
    /// `curl_global_init` wants to be first and alone; a static's initialiser is both.
    package static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    package static var speaksTLS: Bool { has(CURL_VERSION_SSL) }

    package static var speaksHTTP2: Bool { has(CURL_VERSION_HTTP2) }

    private static func has(_ feature: Int32) -> Bool { dpx_curl_features() & feature != 0 }
}
