// SPDX-License-Identifier: Apache-2.0
import Datapanel
import DatapanelABI

/// Where an object came from.
struct Origin {
    let file: String
    /// "line" or "element".
    let noun: String
    let number: Int
    let offset: Int

    var place: String { "\(file), \(noun) \(number)" }

    /// Of an object that an earlier run left in the spool.
    static func spool(_ path: String, ticket: UInt64) -> Origin {
        Origin(file: path, noun: "ticket", number: Int(clamping: ticket), offset: 0)
    }
}

/// The lines of `--ids` and `--dead-letter`.
struct ResultLines {
    private var line = JSONLine()

    /// A stored object.
    mutating func id(
        _ origin: Origin, _ report: Report, isPossibleDuplicate: Bool
    ) -> [UInt8] {
        begin(origin)
        line.add("id", report.id)
        line.add("event_id", report.eventId)
        if isPossibleDuplicate { line.add("possible_duplicate", true) }
        line.end()
        return line.bytes
    }

    /// An object that was not stored for certain.
    mutating func failed(_ origin: Origin, _ report: Report, _ outcome: Outcome) -> [UInt8] {
        begin(origin)
        line.add("code", "\(report.code.name)")
        line.add("stored", "\(report.stored.name)")
        line.add("message", report.message)
        line.add("server_code", outcome.serverCode?.pointer)
        if outcome.httpStatus > 0 { line.add("http_status", Int(outcome.httpStatus)) }
        line.add("request_id", outcome.requestId?.pointer)
        line.add("attempts", Int(outcome.attempts))
        if let payload = report.payload { line.add("object", json: payload) }
        line.end()
        return line.bytes
    }

    /// A text that is no object.
    mutating func bad(
        _ origin: Origin, _ code: Code, _ message: String, _ text: UnsafeRawBufferPointer
    ) -> [UInt8] {
        begin(origin)
        line.add("code", "\(code.name)")
        line.add("stored", "no")
        line.add("message", message)
        line.add("attempts", 0)
        if String(validating: text, as: UTF8.self) != nil {
            line.add("text", utf8: text)
        } else {
            line.add("base64", base64(text))
        }
        line.end()
        return line.bytes
    }

    private mutating func begin(_ origin: Origin) {
        line.begin()
        line.add("file", origin.file)
        line.add("number", origin.number)
        line.add("offset", origin.offset)
    }
}

/// For bytes that are no text.
func base64(_ bytes: UnsafeRawBufferPointer) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for first in stride(from: 0, to: bytes.count, by: 3) {
        let group = (0..<3).map { first + $0 < bytes.count ? Int(bytes[first + $0]) : 0 }
        let bits = group[0] << 16 | group[1] << 8 | group[2]
        for place in 0..<4 {
            let isPadding = first + place > bytes.count
            text.append(isPadding ? UInt8(ascii: "=") : letters[bits >> (18 - 6 * place) & 63])
        }
    }
    return String(decoding: text, as: UTF8.self)
}
