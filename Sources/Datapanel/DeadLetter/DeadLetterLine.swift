// SPDX-License-Identifier: Apache-2.0

/// A dead letter as it stands in a file: a JSON object on a line of its own, docs/DEAD_LETTERS.md.
package enum DeadLetterLine {
    /// Appends the letter of an object that failed. `spool` is the id of the spool that the ticket
    /// belongs to.
    package static func append(
        _ report: Report, _ outcome: Outcome, target: Text, spool: UInt64?, to line: inout Bytes
    ) throws(DatapanelError) {
        try line.append("{")
        if let spool {
            try appendHead(spool: spool, to: &line)
        } else {
            try line.append(ticketName)
        }
        try line.append(number: Int64(truncatingIfNeeded: report.ticket))
        try append("target", target, to: &line)
        try append("code", Text(stringLiteral: report.code.name), to: &line)
        try append("message", outcome.message, to: &line)
        try append("stored", Text(stringLiteral: report.stored.name), to: &line)
        try append("attempts", Int64(outcome.attempts), to: &line)
        if outcome.httpStatus > 0 {
            try append("http_status", Int64(outcome.httpStatus), to: &line)
        }
        try append("server_code", outcome.serverCode, to: &line)
        try append("request_id", outcome.requestId, to: &line)
        try append("queued_at", Timestamp.text(report.queuedAt), to: &line)
        try append("finished_at", Timestamp.text(outcome.finishedAt), to: &line)
        try append(name: "object", to: &line)
        try append(object: report.payload, to: &line)
        try line.append("}\n")
    }

    private static let ticketName: StaticString = "\"ticket\":"

    /// What a letter of a spool begins with behind its bracket, up to its ticket.
    static func appendHead(spool: UInt64, to bytes: inout Bytes) throws(DatapanelError) {
        try bytes.append("\"spool\":\"")
        try bytes.append(text: Hexadecimal.text(spool))
        try bytes.append("\",")
        try bytes.append(ticketName)
    }

    @inline(never)
    private static func append(
        name: StaticString, to line: inout Bytes
    ) throws(DatapanelError) {
        try line.append(",\"")
        try line.append(name)
        try line.append("\":")
    }

    @inline(never)
    private static func append(
        _ name: StaticString, _ number: Int64, to line: inout Bytes
    ) throws(DatapanelError) {
        try append(name: name, to: &line)
        try line.append(number: number)
    }

    /// A text may quote a server that does not speak UTF-8.
    @inline(never)
    private static func append(
        _ name: StaticString, _ text: Text?, to line: inout Bytes
    ) throws(DatapanelError) {
        guard let text else { return }
        try append(name: name, to: &line)
        let shown = Excerpt.of(text.bytes, limit: 16_384)
        defer { withExtendedLifetime((text, shown)) {} }
        try JSONWriter.string(shown.bytes, &line)
    }

    /// No string of JSON has a line end in it: they stand between the parts, as blanks could.
    @inline(never)
    private static func append(
        object: UnsafeRawBufferPointer?, to line: inout Bytes
    ) throws(DatapanelError) {
        guard let object else { return try line.append("null") }
        let first = line.count
        try line.append(object)
        let copy = line.mutableView
        for index in first..<copy.count where copy[index] == 0x0A || copy[index] == 0x0D {
            copy[index] = 0x20
        }
    }
}
