// SPDX-License-Identifier: Apache-2.0
import CCurl

/// Translates libcurl's results.
enum TransferEnding {
    static func of(
        _ result: CURLcode, _ easy: UnsafeMutableRawPointer, _ exchange: Exchange
    ) -> Facts.Ending {
        if isProxyRefusal(easy) { return .badProxy }
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .unresolved
        case CURLE_COULDNT_CONNECT: return .unconnected
        case CURLE_PROXY: return .badProxy
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS:
            return .badCertificate
        case CURLE_SSL_CONNECT_ERROR, CURLE_USE_SSL_FAILED, CURLE_SSL_CIPHER,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CLIENTCERT:
            return .badHandshake
        case CURLE_OPERATION_TIMEDOUT: return timeout(easy, exchange)
        case CURLE_OUT_OF_MEMORY: return .outOfMemory
        case CURLE_WRITE_ERROR: return .replyTooLarge
        default: return .broken
        }
    }

    /// How far a call came before its time ran out. libcurl leaves a step's time at 0 until the
    /// step is done (`CURLINFO_CONNECT_TIME_T` and its kin).
    private static func timeout(
        _ easy: UnsafeMutableRawPointer, _ exchange: Exchange
    ) -> Facts.Ending {
        if exchange.bodyTaken > 0 || exchange.status > 0 { return .outOfTime }
        // A request without a body is out with its head.
        if exchange.bodyCount == 0 && hasSentHead(easy) { return .outOfTime }
        if time(easy, CURLINFO_NAMELOOKUP_TIME_T) == 0 { return .unresolved }
        if time(easy, CURLINFO_CONNECT_TIME_T) == 0 { return .unconnected }
        if time(easy, CURLINFO_PRETRANSFER_TIME_T) == 0 { return .badHandshake }
        return .outOfTime
    }

    private static func hasSentHead(_ easy: UnsafeMutableRawPointer) -> Bool {
        var size = 0
        dpx_curl_get_long(easy, CURLINFO_REQUEST_SIZE, &size)
        return size > 0
    }

    private static func time(_ easy: UnsafeMutableRawPointer, _ info: CURLINFO) -> curl_off_t {
        var value: curl_off_t = 0
        dpx_curl_get_offset(easy, info, &value)
        return value
    }

    private static func isProxyRefusal(_ easy: UnsafeMutableRawPointer) -> Bool {
        var status = 0
        dpx_curl_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &status)
        return status >= 300
    }
}
