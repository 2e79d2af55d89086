// SPDX-License-Identifier: Apache-2.0

/// A request as its signature covers it: what was on the wire, before anybody made sense of it.
struct SignedRequest {
    var method: String
    /// Path and query, as they were sent.
    var target: String
    var headers: [Header]
    var body: [UInt8]

    /// The value of a header without the blanks around it; of several with this name, all.
    func header(_ name: String) -> String? {
        let values = headers.filter { $0.name.lowercased() == name }.map { Self.trimmed($0.value) }
        return values.isEmpty ? nil : values.joined(separator: ",")
    }

    private static func trimmed(_ value: String) -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = value.drop(while: isBlank)
        return start.lastIndex { !isBlank($0) }.map { start[...$0] } ?? ""
    }
}
