// SPDX-License-Identifier: Apache-2.0
import CJansson
import CPosix

/// Writes jansson's values as compact text. `json_dump_callback` recurses and takes a third of a
/// KiB a level: 512 levels are more than the small stacks have that some hosts give their threads.
enum JSONWriter {
    /// A container that is open, and how far it is written.
    private struct Level {
        let container: UnsafeMutablePointer<json_t>
        let isObject: Bool
        var iterator: UnsafeMutableRawPointer?
        var index = 0
    }

    static func write(
        _ root: UnsafeMutablePointer<json_t>, to bytes: inout Bytes
    ) throws(DatapanelError) {
        // As deep as an object may be nested, so this array is bounded.
        var open: [Level] = []
        try begin(root, &open, &bytes)
        while let last = open.indices.last {
            if let value = try next(&open[last], &bytes) {
                try begin(value, &open, &bytes)
            } else {
                try bytes.append(open[last].isObject ? "}" : "]")
                open.removeLast()
            }
        }
    }

    /// Writes a scalar, or the bracket that opens a container.
    private static func begin(
        _ value: UnsafeMutablePointer<json_t>, _ open: inout [Level], _ bytes: inout Bytes
    ) throws(DatapanelError) {
        switch dpx_json_type(value) {
        case JSON_OBJECT:
            try bytes.append(UInt8(ascii: "{"))
            open.append(
                Level(container: value, isObject: true, iterator: json_object_iter(value)))
        case JSON_ARRAY:
            try bytes.append(UInt8(ascii: "["))
            open.append(Level(container: value, isObject: false))
        case JSON_STRING:
            try string(
                UnsafeRawBufferPointer(
                    start: json_string_value(value), count: json_string_length(value)),
                &bytes)
        case JSON_INTEGER: try bytes.append(number: Int64(json_integer_value(value)))
        case JSON_TRUE: try bytes.append("true")
        case JSON_FALSE: try bytes.append("false")
        case JSON_NULL: try bytes.append("null")
        default: try real(value, &bytes)
        }
    }

    /// The next value of a container, after what stands before it; nil at its end.
    private static func next(
        _ level: inout Level, _ bytes: inout Bytes
    ) throws(DatapanelError) -> UnsafeMutablePointer<json_t>? {
        if level.isObject {
            guard let iterator = level.iterator, let name = json_object_iter_key(iterator) else {
                return nil
            }
            if level.index > 0 { try bytes.append(UInt8(ascii: ",")) }
            try string(UnsafeRawBufferPointer(start: name, count: strlen(name)), &bytes)
            try bytes.append(UInt8(ascii: ":"))
            level.iterator = json_object_iter_next(level.container, iterator)
            level.index += 1
            return json_object_iter_value(iterator)
        }
        guard let value = json_array_get(level.container, level.index) else { return nil }
        if level.index > 0 { try bytes.append(UInt8(ascii: ",")) }
        level.index += 1
        return value
    }

    /// jansson's digits, which read back as the same number.
    private static func real(
        _ value: UnsafeMutablePointer<json_t>, _ bytes: inout Bytes
    ) throws(DatapanelError) {
        let room = 64
        try bytes.reserve(room)
        var size = 0
        _ = bytes.fill(room) { room in
            size = json_dumpb(
                value, room.baseAddress?.assumingMemoryBound(to: CChar.self), room.count,
                Int(JSON_ENCODE_ANY))
            return size
        }
        if size == 0 { throw .noMemory("the text of an object") }
    }

    /// The text in quotes, with escapes for what cannot stand there as it is.
    static func string(
        _ text: UnsafeRawBufferPointer, _ bytes: inout Bytes
    ) throws(DatapanelError) {
        try bytes.append(UInt8(ascii: "\""))
        var plain = 0
        for (index, byte) in text.enumerated() {
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            try bytes.append(UnsafeRawBufferPointer(rebasing: text[plain..<index]))
            try escape(byte, &bytes)
            plain = index + 1
        }
        try bytes.append(UnsafeRawBufferPointer(rebasing: text[plain...]))
        try bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8, _ bytes: inout Bytes) throws(DatapanelError) {
        switch byte {
        case 0x08: try bytes.append("\\b")
        case 0x09: try bytes.append("\\t")
        case 0x0A: try bytes.append("\\n")
        case 0x0C: try bytes.append("\\f")
        case 0x0D: try bytes.append("\\r")
        case 0..<0x20:
            let digits: StaticString = "0123456789ABCDEF"
            try bytes.append("\\u00")
            try bytes.append(digits.utf8Start[Int(byte >> 4)])
            try bytes.append(digits.utf8Start[Int(byte & 15)])
        default:
            try bytes.append(UInt8(ascii: "\\"))
            try bytes.append(byte)
        }
    }
}
