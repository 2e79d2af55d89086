// SPDX-License-Identifier: Apache-2.0

/// The vendor's file of keys: `name = value` lines in the section `[basic]`.
enum ProfileFile {
    /// The vendor's Python SDK looks for the second one.
    private static let sections: [StaticString] = ["[basic]", "[basiccredentials]"]

    /// Nil when there is no such section.
    static func parse(
        _ text: UnsafeRawBufferPointer, _ file: Text
    ) throws(DatapanelError) -> FoundKeys? {
        for section in sections {
            if let keys = try parse(text, file, section) { return keys }
        }
        return nil
    }

    private static func parse(
        _ text: UnsafeRawBufferPointer, _ file: Text, _ section: StaticString
    ) throws(DatapanelError) -> FoundKeys? {
        var keys: FoundKeys?
        var isInside = false
        var lines = Lines(text)
        while let line = lines.next() {
            guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";")
            else { continue }
            if first == UInt8(ascii: "[") {
                isInside = ASCII.equalIgnoringCase(line, section)
                if isInside && keys == nil { keys = FoundKeys() }
            } else if isInside {
                let sign = line.first { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }
                guard let sign else {
                    throw DatapanelError(
                        .config, "\(file), line \(lines.number): expected key = value")
                }
                let sides = ASCII.split(line, at: sign)
                let name = ASCII.trimmed(sides.0)
                let value = ASCII.trimmed(sides.1)
                // What we do not know is for others.
                for known in FoundKeys.names
                where value.count > 0 && ASCII.equalIgnoringCase(name, known.name) {
                    keys?.take(known.key, try Text(value, secret: true))
                }
            }
        }
        return keys
    }
}
