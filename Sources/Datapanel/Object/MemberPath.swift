// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A path such as `network_list[+].src_ip`, taken apart.
struct MemberPath: ~Copyable {
    enum Step {
        /// A member; its name is a C string at this offset of `names`.
        case member(nameOffset: Int)
        /// An element by position; negative ones count from the end.
        case element(Int)
        /// A new element behind the last.
        case append
    }

    /// As the caller wrote it; it outlives us.
    private let text: UnsafePointer<CChar>
    /// As deep as the text of an object may be nested, so this array is bounded.
    private(set) var steps: [Step] = []
    private var names = Bytes()

    init(_ text: UnsafePointer<CChar>) throws(DatapanelError) {
        let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
        self.text = text
        guard UTF8Check.isValid(bytes) else {
            throw DatapanelError(.argument, "path \"\(shown)\" is not valid UTF-8")
                .with(.key, shown)
        }
        var at = 0
        repeat {
            if at > 0 { at += 1 }  // the dot
            at = try parseName(bytes, from: at)
            while at < bytes.count, bytes[at] == UInt8(ascii: "[") {
                at = try parseElement(bytes, from: at)
            }
            if at < bytes.count, bytes[at] != UInt8(ascii: ".") {
                throw Self.fault(bytes, at, "'.' or '[' after ']'")
            }
        } while at < bytes.count
    }

    /// For messages.
    var shown: Text { Excerpt.of(text, limit: 120) }

    borrowing func name(_ offset: Int) -> UnsafePointer<CChar>? {
        names.view.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) }
    }

    private mutating func parseName(
        _ bytes: UnsafeRawBufferPointer, from first: Int
    ) throws(DatapanelError) -> Int {
        let offset = names.count
        var at = first
        while at < bytes.count {
            var byte = bytes[at]
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") { break }
            if byte == UInt8(ascii: "\\") {
                at += 1
                guard at < bytes.count else {
                    throw Self.fault(bytes, at, "a character after the backslash")
                }
                byte = bytes[at]
            }
            try names.append(byte)
            at += 1
        }
        guard names.count > offset else { throw Self.fault(bytes, at, "a member name") }
        try names.append(0 as UInt8)
        try add(.member(nameOffset: offset))
        return at
    }

    private mutating func parseElement(
        _ bytes: UnsafeRawBufferPointer, from bracket: Int
    ) throws(DatapanelError) -> Int {
        var at = bracket + 1
        let first = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "]") { at += 1 }
        guard at < bytes.count else { throw Self.fault(bytes, at, "']'") }
        let inside = UnsafeRawBufferPointer(rebasing: bytes[first..<at])
        if ASCII.equal(inside, "+") {
            try add(.append)
        } else {
            let isNegative = inside.count > 0 && inside[0] == UInt8(ascii: "-")
            let digits = UnsafeRawBufferPointer(rebasing: inside[(isNegative ? 1 : 0)...])
            guard let number = ASCII.number(digits) else {
                throw Self.fault(bytes, first, "a position such as 0, -1 or +")
            }
            try add(.element(Int(isNegative ? -number : number)))
        }
        return at + 1
    }

    private mutating func add(_ step: Step) throws(DatapanelError) {
        guard steps.count < JSONScanner.depthLimit else {
            throw DatapanelError(
                .path, "path \"\(shown)\" has more than \(JSONScanner.depthLimit) steps"
            ).with(.key, shown)
        }
        steps.append(step)
    }

    private static func fault(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ expected: StaticString
    ) -> DatapanelError {
        let text = Excerpt.of(bytes, limit: 120)
        return DatapanelError(
            .path, "path \"\(text)\": expected \(expected) at byte \(offset)"
        ).with(.offset, "\(offset)").with(.key, text)
    }
}
