// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// A reply, before it is known what becomes of the connection.
struct Reply: Equatable {
    var status: Int
    var headers: [Header]
    var body: [UInt8]

    init(status: Int = 200, headers: [Header] = [], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    init(status: Int = 200, headers: [Header] = [], json: JSONWriter) {
        self.init(status: status, headers: headers, body: json.bytes)
    }

    func has(_ name: String) -> Bool {
        headers.contains { $0.name.lowercased() == name }
    }

    /// Whether the reply itself asks for the end of the connection.
    var asksToClose: Bool {
        headers.contains {
            $0.name.lowercased() == "connection" && $0.value.lowercased() == "close"
        }
    }

    /// Head and body in one buffer, so that one write sends both: two small ones would cost the
    /// client a delayed acknowledgement, about 40 ms.
    ///
    /// `requestId` and `date` fill the headers that the reply does not have. `bodyLimit` cuts the
    /// body, but not the length that the head promises.
    func encoded(
        requestId: String, date: String, closing: Bool, bodyLimit: Int? = nil
    ) -> ByteBuffer {
        let sent = body.prefix(bodyLimit ?? body.count)
        var head = "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        if !has("content-type") { head += "Content-Type: application/json\r\n" }
        if !has("x-request-id") { head += "X-request-id: \(requestId)\r\n" }
        if !has("date") { head += "Date: \(date)\r\n" }
        if closing && !has("connection") { head += "Connection: close\r\n" }
        if mayHaveBody { head += "Content-Length: \(body.count)\r\n" }
        head += "\r\n"
        var buffer = ByteBuffer()
        buffer.reserveCapacity(head.utf8.count + sent.count)
        buffer.writeString(head)
        if mayHaveBody { buffer.writeBytes(sent) }
        return buffer
    }

    private var mayHaveBody: Bool { status != 204 && status != 304 }
}
