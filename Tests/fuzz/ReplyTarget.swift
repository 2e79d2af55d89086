// SPDX-License-Identifier: Apache-2.0
import CJansson
import CPosix

/// `ReplyDecoder.decode` against jansson. The first byte of an input says how many objects were
/// sent, and whether the reply was said to be JSON; then comes the reply.
enum ReplyTarget {
    static func check(_ input: UnsafeRawBufferPointer) -> Bool {
        guard let control = input.first else { return false }
        let isJSON = control & 0x80 != 0
        let reply = UnsafeRawBufferPointer(rebasing: input[1...])
        let jansson = Jansson(reply, flags: JSON_DECODE_ANY)
        check(reply, Int(control & 0x7F), isJSON, jansson)
        // Mutated text seldom keeps a length, so the right one is always tried too.
        guard jansson.isArray else { return false }
        return check(reply, json_array_size(jansson.root), isJSON, jansson)
    }

    @discardableResult
    private static func check(
        _ reply: UnsafeRawBufferPointer, _ sent: Int, _ isJSON: Bool,
        _ jansson: borrowing Jansson
    ) -> Bool {
        guard let ids = try? ItemIds(capacity: sent) else { return false }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: reply.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyMemory(from: reply)
        let decoded = UnsafeRawBufferPointer(copy)
        let shape = ReplyDecoder.decode(decoded, isJSON: isJSON, ids)

        checkShape(shape, reply, sent, isJSON, jansson)
        guard shape == .complete || shape == .missingIds else { return false }
        ReplyDecoder.terminate(copy, ids)
        let missing = ids.missingCount
        expect((shape == .complete) == (missing == 0), "\(shape) with \(missing) ids missing")
        let isComparable = !hasEscapedName(reply) && !jansson.hasDuplicates
        for index in 0..<sent {
            let item = json_array_get(jansson.root, index)
            for (offset, name) in [(ids[index].id, "id"), (ids[index].eventId, "event_id")] {
                let text = text(decoded, Int(offset))
                guard isComparable else { continue }
                let wanted = expected(json_object_get(item, name))
                expect(
                    text.map { Array($0) } == wanted.map { Array($0) },
                    "\(name) \(index) is not the one that jansson reads")
            }
        }
        return true
    }

    /// A list is decoded when jansson accepts it and it is not nested too deeply; what the scanner
    /// is asked for begins one or two levels down.
    private static func checkShape(
        _ shape: ReplyShape, _ reply: UnsafeRawBufferPointer, _ sent: Int, _ isJSON: Bool,
        _ jansson: borrowing Jansson
    ) {
        let length = json_array_size(jansson.root)
        let isDecoded: Bool
        switch shape {
        case .complete, .missingIds:
            isDecoded = true
            expect(length == sent, "\(shape), but jansson counts \(length)")
        case .wrongLength(let counted):
            isDecoded = true
            expect(counted != sent, "a wrong length that is right")
            expect(length == counted, "\(shape), but jansson counts \(length)")
        case .serviceError:
            isDecoded = false
            expect(jansson.isObject, "an error in what is no object")
        case .page:
            isDecoded = false
            let isMarkup = ASCII.trimmed(reply).first == UInt8(ascii: "<")
            expect(!isJSON || isMarkup, "a page, but it was said to be JSON")
        case .unusable:
            isDecoded = false
            expect(isJSON || reply.count == 0, "unusable, but it was not said to be JSON")
        }
        if isDecoded {
            expect(jansson.isArray, "\(shape) of what is no list to jansson")
            expect(Jansson.nesting(reply) <= JSONScanner.depthLimit + 2, "decoded, so deep")
        } else if jansson.isArray {
            expect(Jansson.nesting(reply) > JSONScanner.depthLimit + 1, "\(shape), of a good list")
        }
    }

    /// The C string at an offset, which must end within the reply.
    private static func text(
        _ reply: UnsafeRawBufferPointer, _ offset: Int
    ) -> UnsafeRawBufferPointer? {
        guard offset > 0 else { return nil }
        expect(offset < reply.count, "an id at \(offset) of \(reply.count) bytes")
        guard let end = reply[offset...].firstIndex(of: 0) else {
            fatalError("finding: an id that does not end")
        }
        let text = UnsafeRawBufferPointer(rebasing: reply[offset..<end])
        expect(text.count > 0, "an empty id")
        expect(UTF8Check.isValid(text), "an id that is no UTF-8")
        return text
    }

    /// What can serve as an id: a string with something in it, and no NUL.
    private static func expected(
        _ value: UnsafeMutablePointer<json_t>?
    ) -> UnsafeRawBufferPointer? {
        guard let value, dpx_json_type(value) == JSON_STRING else { return nil }
        let text = UnsafeRawBufferPointer(
            start: json_string_value(value), count: json_string_length(value))
        return text.count > 0 && !text.contains(0) ? text : nil
    }

    /// Names are compared as they stand: one with an escape is no "id". The service has none.
    private static func hasEscapedName(_ reply: UnsafeRawBufferPointer) -> Bool {
        var at = 0
        while at < reply.count {
            guard reply[at] == UInt8(ascii: "\"") else {
                at += 1
                continue
            }
            var hasEscape = false
            at += 1
            while at < reply.count, reply[at] != UInt8(ascii: "\"") {
                if reply[at] == UInt8(ascii: "\\") {
                    hasEscape = true
                    at += 1
                }
                at += 1
            }
            at += 1
            while at < reply.count, ASCII.isSpace(reply[at]) { at += 1 }
            if hasEscape, at < reply.count, reply[at] == UInt8(ascii: ":") { return true }
        }
        return false
    }
}
