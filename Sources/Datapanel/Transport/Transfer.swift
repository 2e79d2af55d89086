// SPDX-License-Identifier: Apache-2.0
import CCurl
import CPosix

/// One libcurl easy handle with the connection it keeps: carries one call at a time.
///
/// The body goes out through a read callback, and the seek callback refuses to go back once a byte
/// was taken. With `CURLOPT_POSTFIELDS` libcurl would silently send a POST a second time when a
/// reused connection dies after the body (`Curl_retry_request`); this way that ends the call, and
/// how much was taken tells whether the service could hold it.
final class Transfer {
    let easy: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    /// What the callbacks of the call under way work on.
    private var body: BodyPieces?
    private var exchange = Exchange()
    private var replyLimit = 0
    /// Why the reply was not read to its end.
    private var refusal: Text?
    private var stall = StallWatch(limit: 0)
    private let hasProxy: Bool
    /// Where the last call went.
    private var address: Text?

    /// A direct one is for a few calls, past any proxy.
    init(_ config: Config, isDirect: Bool = false) throws(DatapanelError) {
        guard CurlLibrary.isReady, let easy = curl_easy_init() else {
            throw .noMemory("a connection")
        }
        guard let text = calloc(1, Int(CURL_ERROR_SIZE)) else {
            curl_easy_cleanup(easy)
            throw .noMemory("a connection")
        }
        self.easy = easy
        hasProxy = !isDirect && config.text(.proxy) != nil
        errorText = text.bindMemory(to: CChar.self, capacity: Int(CURL_ERROR_SIZE))
        try TransferOptions.apply(config, isDirect: isDirect, to: easy)
        setCallbacks()
    }

    deinit {
        curl_easy_cleanup(easy)
        free(errorText)
    }

    /// Posts a body and waits for what comes of it, for at most `timeout` milliseconds.
    func post(
        _ url: Text, _ headers: HeaderList, _ body: BodyPieces, config: Config,
        timeout: Int64
    ) -> Exchange {
        begin(url, headers, body, config: config, timeout: timeout)
        return perform()
    }

    /// Does what was begun, and waits for it.
    func perform() -> Exchange {
        finish(curl_easy_perform(easy))
    }

    /// Asks for what is at an address, in the same way.
    func get(
        _ url: Text, _ headers: HeaderList, config: Config, timeout: Int64
    ) -> Exchange {
        begin(url, headers, nil, config: config, timeout: timeout)
        return finish(curl_easy_perform(easy))
    }

    /// Makes ready to post, or where there is no body to get, or to put nothing. Body and headers
    /// stay where they are until `finish`.
    func begin(
        _ url: Text, _ headers: HeaderList, _ body: BodyPieces?, config: Config,
        timeout: Int64, isPut: Bool = false
    ) {
        exchange.bodyCount = body?.count ?? 0
        exchange.secret = headers.secret
        self.body = body
        replyLimit = Int(config.number(.replyBytes))
        stall = StallWatch(limit: config.number(.stallTimeout))
        refusal = nil
        errorText[0] = 0
        let connectTimeout = min(config.number(.connectTimeout), timeout)
        setAddress(url)
        dpx_curl_set_headers(easy, headers.first)
        if let body {
            dpx_curl_set_long(easy, CURLOPT_POST, 1)
            dpx_curl_set_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, Self.buffer(for: body.count))
            dpx_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        } else {
            dpx_curl_set_long(easy, isPut ? CURLOPT_UPLOAD : CURLOPT_HTTPGET, 1)
            dpx_curl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, 0)
        }
        dpx_curl_set_long(easy, CURLOPT_TIMEOUT_MS, Int(timeout))
        dpx_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(connectTimeout))
    }

    /// For each call libcurl takes its URL apart and writes it anew, byte by byte, which is much of
    /// its work for a small one. So it gets the request target by itself; not where there is a
    /// proxy, which may want the whole.
    private func setAddress(_ url: Text) {
        if url === address { return }
        address = nil
        var (whole, target) = (Optional(url), UnsafePointer<CChar>?.none)
        if !hasProxy, let start = RequestTarget.start(in: url.bytes) {
            whole = try? Text(UnsafeRawBufferPointer(rebasing: url.bytes[..<start]))
            target = url.pointer + start
        }
        // Without memory for the target the call has to fail, and not to go elsewhere.
        if dpx_curl_set_text(easy, CURLOPT_REQUEST_TARGET, target) != CURLE_OK { whole = nil }
        let isSet = dpx_curl_set_text(easy, CURLOPT_URL, whole?.pointer) == CURLE_OK
        if isSet && whole != nil { address = url }
    }

    /// The size of what a body goes out through, which libcurl takes from the heap for each call
    /// and gives back. The least that it allows does for small bodies: larger ones have the heap
    /// give pages to the system and ask for them again. Its own size, 64 KiB, stays in the cache.
    private static func buffer(for bodyCount: Int) -> Int {
        min(max(bodyCount, 16 << 10), 64 << 10)
    }

    /// Takes up what the call brought.
    func finish(_ result: CURLcode) -> Exchange {
        note(result)
        dpx_curl_set_headers(easy, nil)
        body = nil
        defer { exchange = Exchange() }
        return exchange
    }

    /// Whether the last call opened a connection, and to which address.
    var connectionSummary: Text {
        var count = 0
        var address: UnsafeMutablePointer<CChar>?
        dpx_curl_get_long(easy, CURLINFO_NUM_CONNECTS, &count)
        dpx_curl_get_text(easy, CURLINFO_PRIMARY_IP, &address)
        let shown = address.map { Excerpt.of($0, limit: 64) } ?? ""
        return count > 0 ? "connected to \(shown)" : "used the connection to \(shown) again"
    }

    private func note(_ result: CURLcode) {
        var status = 0
        dpx_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        exchange.status = Int32(truncatingIfNeeded: status)
        guard result != CURLE_OK else { return }
        exchange.ending = TransferEnding.of(result, easy, exchange)
        let text = errorText[0] != 0 ? UnsafePointer(errorText) : curl_easy_strerror(result)
        exchange.curlText = text.map { Excerpt.of($0, limit: 240) }
        // What we broke off ourselves libcurl can only describe as our refusal.
        if stall.isStalled { exchange.curlText = "the upload stood still" }
        if let refusal { exchange.curlText = refusal }
    }
}

extension Transfer {
    private func setCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        dpx_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        dpx_curl_set_pointer(easy, CURLOPT_READDATA, context)
        dpx_curl_set_pointer(easy, CURLOPT_SEEKDATA, context)
        dpx_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        dpx_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        dpx_curl_set_pointer(easy, CURLOPT_XFERINFODATA, context)
        dpx_curl_set_read(easy) { room, size, count, context in
            Transfer.with(context) {
                $0.read(UnsafeMutableRawBufferPointer(start: room, count: size * count))
            }
        }
        dpx_curl_set_seek(easy) { context, offset, origin in
            let isStart = offset == 0 && origin == SEEK_SET
            return isStart && Transfer.with(context) { $0.exchange.bodyTaken == 0 }
                ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
        dpx_curl_set_write(easy, CURLOPT_HEADERFUNCTION) { line, size, count, context in
            let bytes = UnsafeRawBufferPointer(start: line, count: size * count)
            Transfer.with(context) { $0.exchange.head.take(bytes) }
            return bytes.count
        }
        dpx_curl_set_write(easy, CURLOPT_WRITEFUNCTION) { part, size, count, context in
            Transfer.with(context) {
                $0.write(UnsafeRawBufferPointer(start: part, count: size * count))
            }
        }
        dpx_curl_set_progress(easy) { context, _, _, _, _ in
            Transfer.with(context) { $0.isStalled() } ? 1 : 0
        }
    }

    /// Who made libcurl call holds it meanwhile.
    private static func with<Value>(
        _ context: UnsafeMutableRawPointer?, _ body: (Transfer) -> Value
    ) -> Value {
        Unmanaged<Transfer>.fromOpaque(context.unsafelyUnwrapped)._withUnsafeGuaranteedRef(body)
    }

    private func read(_ room: UnsafeMutableRawBufferPointer) -> Int {
        guard let body else { return 0 }
        let count = body.read(at: exchange.bodyTaken, into: room)
        exchange.bodyTaken += count
        return count
    }

    /// Fewer bytes than were given end the transfer with `CURLE_WRITE_ERROR`.
    private func write(_ part: UnsafeRawBufferPointer) -> Int {
        guard exchange.reply.count + part.count <= replyLimit else {
            refusal = "it is above reply.bytes = \(Size.text(Int64(replyLimit)))"
            return 0
        }
        do throws(DatapanelError) {
            try exchange.reply.append(part)
            return part.count
        } catch {
            refusal = error.message
            return 0
        }
    }

    private func isStalled() -> Bool {
        guard exchange.bodyTaken > 0, !exchange.isBodyOut else { return false }
        return stall.check(exchange.bodyTaken, at: Clock.monotonic())
    }
}
