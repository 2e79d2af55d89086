// SPDX-License-Identifier: Apache-2.0
import CJansson
import Datapanel
import Glibc

/// A line of a file of dead letters, taken apart; docs/DEAD_LETTERS.md.
struct Letter {
    /// As it stands, without its end.
    let line: [UInt8]
    let spool: UInt64?
    let ticket: UInt64
    let target: String
    let code: String
    let message: String
    let isPerhapsStored: Bool
    let attempts: UInt32
    let queuedAt: String
    let finishedAt: String
    /// Where the object stands.
    let object: Range<Int>

    /// nil when the line is no letter.
    init?(_ line: [UInt8]) {
        // No text before it has a quote in it that is not escaped.
        guard let mark = Self.find(Array(",\"object\":".utf8), in: line),
            line.last == UInt8(ascii: "}")
        else { return nil }
        object = mark.upperBound..<(line.count - 1)
        let isObject = line[object].withUnsafeBytes { bytes in
            do throws(JSONFault) {
                try JSONScanner.checkObject(bytes)
                return true
            } catch {
                return false
            }
        }
        let head = line[..<mark.lowerBound] + [UInt8(ascii: "}")]
        guard isObject, let root = Self.parse(head) else { return nil }
        defer { json_decref(root) }
        func text(_ name: String) -> String? {
            json_string_value(json_object_get(root, name)).map { String(cString: $0) }
        }
        let number = json_object_get(root, "ticket")
        guard json_integer_value(number) > 0, let target = text("target"), let code = text("code"),
            let finishedAt = text("finished_at")
        else { return nil }
        self.line = line
        spool = text("spool").flatMap { UInt64($0, radix: 16) }
        ticket = UInt64(json_integer_value(number))
        self.target = target
        self.code = code
        message = text("message") ?? ""
        isPerhapsStored = text("stored") != "no"
        attempts = UInt32(
            clamping: Int(json_integer_value(json_object_get(root, "attempts"))))
        queuedAt = text("queued_at") ?? ""
        self.finishedAt = finishedAt
    }

    private static func parse(_ text: ArraySlice<UInt8>) -> UnsafeMutablePointer<json_t>? {
        text.withUnsafeBytes { bytes in
            json_loadb(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, 0, nil)
        }
    }

    private static func find(_ part: [UInt8], in line: [UInt8]) -> Range<Int>? {
        line.withUnsafeBytes { bytes in
            for first in 0..<max(0, bytes.count - part.count)
            where bytes[first] == part[0] && bytes[first..<(first + part.count)].elementsEqual(part)
            {
                return first..<(first + part.count)
            }
            return nil
        }
    }

    /// All but the object, of which the size is told.
    var summary: [UInt8] {
        let head = line[..<(object.lowerBound - ",\"object\":".utf8.count)]
        return head + Array(",\"object_bytes\":\(object.count)}".utf8)
    }

    /// What `list` shows of it, on one line and fit for a terminal.
    var shown: String {
        func fit(_ text: String, _ limit: Int) -> String {
            var text = text
            return text.withUTF8 { "\(Excerpt.of(UnsafeRawBufferPointer($0), limit: limit))" }
        }
        let stored = isPerhapsStored ? "maybe" : "no"
        let ticket = String(repeating: " ", count: max(0, 6 - "\(ticket)".count)) + "\(ticket)"
        return
            "\(ticket)  \(fit(finishedAt, 40))  \(fit(target, 80))  \(fit(code, 40))  \(stored)  "
            + fit(message, 120)
    }

    /// Microseconds of Unix time; 0 for what is no time.
    var queuedMicroseconds: Int64 {
        let parts = queuedAt.split { !$0.isNumber }.compactMap { Int32($0) }
        guard parts.count == 7, queuedAt.utf8.count == 27 else { return 0 }
        var time = tm()
        time.tm_year = parts[0] - 1_900
        time.tm_mon = parts[1] - 1
        (time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec) =
            (parts[2], parts[3], parts[4], parts[5])
        return Int64(timegm(&time)) * 1_000_000 + Int64(parts[6])
    }
}

/// What tells a line from all others, so that it can be found again.
struct LineKey: Hashable {
    private let count: Int
    private let hash: Int

    init(_ line: [UInt8]) {
        count = line.count
        var hasher = Hasher()
        line.withUnsafeBytes { hasher.combine(bytes: $0) }
        hash = hasher.finalize()
    }
}
