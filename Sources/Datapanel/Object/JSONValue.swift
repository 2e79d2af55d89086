// SPDX-License-Identifier: Apache-2.0
import CJansson
import CPosix

/// Owns one reference to a jansson value, or none.
struct JSONValue: ~Copyable {
    private var owned: UnsafeMutablePointer<json_t>?

    /// Takes over the reference that a `json_…` constructor returned; NULL means out of memory.
    init(adopting pointer: UnsafeMutablePointer<json_t>?) throws(DatapanelError) {
        guard let pointer else { throw .noMemory("a JSON value") }
        owned = pointer
    }

    deinit {
        if let owned { dpx_json_release(owned) }
    }

    var pointer: UnsafeMutablePointer<json_t>? { owned }

    /// Gives the reference away, to a jansson function that steals it.
    mutating func release() -> UnsafeMutablePointer<json_t>? {
        defer { owned = nil }
        return owned
    }

    static func string(_ bytes: UnsafeRawBufferPointer) throws(DatapanelError) -> JSONValue {
        guard UTF8Check.isValid(bytes) else {
            throw DatapanelError(.argument, "the text is not valid UTF-8")
        }
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard let start else { return try JSONValue(adopting: json_string("")) }
        return try JSONValue(adopting: json_stringn_nocheck(start, bytes.count))
    }

    /// Reads JSON text of any type. The scanner goes first: its offsets and its bound on nesting
    /// hold here too; jansson then refuses only what it cannot represent.
    static func parse(
        _ text: UnsafeRawBufferPointer, depthLimit: Int
    ) throws(DatapanelError) -> JSONValue {
        do throws(JSONFault) {
            var scanner = JSONScanner(text, depthLimit: depthLimit)
            try scanner.skipValue()
            try scanner.finish()
        } catch {
            throw error.error("not JSON", in: text)
        }
        var fault = json_error_t()
        let start = text.baseAddress?.assumingMemoryBound(to: CChar.self)
        let flags = Int(JSON_DECODE_ANY | JSON_ALLOW_NUL)
        guard let value = json_loadb(start, text.count, flags, &fault) else {
            throw Self.error(fault)
        }
        return try JSONValue(adopting: value)
    }

    private static func error(_ fault: json_error_t) -> DatapanelError {
        let reason = withUnsafeBytes(of: fault.text) { bytes in
            let end = bytes.firstIndex(of: 0) ?? bytes.count
            return Excerpt.of(UnsafeRawBufferPointer(rebasing: bytes[..<end]), limit: 160)
        }
        let offset = max(0, Int(fault.position))
        return DatapanelError(.json, "JSON that cannot be held: \(reason) (byte \(offset))")
            .with(.offset, "\(offset)")
    }

    /// Appends the value as compact text.
    borrowing func write(to bytes: inout Bytes) throws(DatapanelError) {
        guard let owned else { return }
        try JSONWriter.write(owned, to: &bytes)
    }
}
