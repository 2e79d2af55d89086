// SPDX-License-Identifier: Apache-2.0

/// Reads the reply that every good call gets, `[{"id":"…","event_id":"…"},…]`, with the scanner:
/// a JSON tree would cost more than the rest of the call together.
package enum ReplyDecoder {
    /// Finds the ids of `ids.capacity` objects. They are good only when the shape is `complete` or
    /// `missingIds`.
    package static func decode(
        _ text: UnsafeRawBufferPointer, isJSON: Bool, _ ids: ItemIds
    ) -> ReplyShape {
        var scanner = JSONScanner(text)
        scanner.skipSpace()
        guard scanner.peek == UInt8(ascii: "[") else {
            if ServiceError.isError(text) { return .serviceError }
            let looksLikeMarkup = scanner.peek == UInt8(ascii: "<")
            return looksLikeMarkup || (!isJSON && text.count > 0) ? .page : .unusable
        }
        do throws(JSONFault) {
            let count = try scanItems(&scanner, text, ids)
            guard count == ids.capacity else { return .wrongLength(count) }
        } catch {
            return isJSON ? .unusable : .page
        }
        return ids.missingCount == 0 ? .complete : .missingIds
    }

    /// Notes where ids start that can be used, and counts the elements.
    private static func scanItems(
        _ scanner: inout JSONScanner, _ text: UnsafeRawBufferPointer, _ ids: ItemIds
    ) throws(JSONFault) -> Int {
        var count = 0
        _ = scanner.take(UInt8(ascii: "["))
        scanner.skipSpace()
        if !scanner.take(UInt8(ascii: "]")) {
            repeat {
                let usual = usualItem(&scanner)
                let item = if let usual { usual } else { try scanItem(&scanner, text) }
                if count < ids.capacity { ids[count] = item }
                count += 1
                scanner.skipSpace()
            } while scanner.take(UInt8(ascii: ","))
            guard scanner.take(UInt8(ascii: "]")) else { throw scanner.fault("',' or ']'") }
        }
        try scanner.finish()
        return count
    }

    private typealias Item = (id: UInt32, eventId: UInt32)

    /// One exactly as the service writes them, which is quick to see; nil, and nothing is stepped
    /// over, for any other.
    private static func usualItem(_ scanner: inout JSONScanner) -> Item? {
        var ahead = scanner
        guard ahead.take(#"{"id":""#), let id = ahead.skipPlain(),
            ahead.take(#"","event_id":""#), let eventId = ahead.skipPlain(), ahead.take("\"}")
        else { return nil }
        scanner = ahead
        return (UInt32(truncatingIfNeeded: id), UInt32(truncatingIfNeeded: eventId))
    }

    private static func scanItem(
        _ scanner: inout JSONScanner, _ text: UnsafeRawBufferPointer
    ) throws(JSONFault) -> Item {
        var item: Item = (0, 0)
        scanner.skipSpace()
        guard scanner.take(UInt8(ascii: "{")) else {
            try scanner.skipValue()
            return item
        }
        scanner.skipSpace()
        if scanner.take(UInt8(ascii: "}")) { return item }
        repeat {
            let name = try scanner.name()
            scanner.skipSpace()
            // A reply is bounded far below 4 GiB by reply.bytes.
            let start = UInt32(truncatingIfNeeded: scanner.offset + 1)
            let isText = scanner.peek == UInt8(ascii: "\"")
            if isText { try scanner.skipString() } else { try scanner.skipValue() }
            if isText && ASCII.equal(name, "id") { item.id = start }
            if isText && ASCII.equal(name, "event_id") { item.eventId = start }
            scanner.skipSpace()
        } while scanner.take(UInt8(ascii: ","))
        guard scanner.take(UInt8(ascii: "}")) else { throw scanner.fault("',' or '}'") }
        if !JSONText.isUsable(text, at: Int(item.id)) { item.id = 0 }
        if !JSONText.isUsable(text, at: Int(item.eventId)) { item.eventId = 0 }
        return item
    }

    /// Turns each id into a C string where it stands. From here on the reply is JSON no more.
    package static func terminate(_ reply: UnsafeMutableRawBufferPointer, _ ids: ItemIds) {
        for index in 0..<ids.capacity {
            let item = ids[index]
            if item.id > 0 { JSONText.terminate(reply, at: Int(item.id)) }
            if item.eventId > 0 { JSONText.terminate(reply, at: Int(item.eventId)) }
        }
    }
}
