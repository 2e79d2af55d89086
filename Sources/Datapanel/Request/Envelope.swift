// SPDX-License-Identifier: Apache-2.0

/// What stands around the objects of a request. A member that is nil is left out of the body.
package struct Envelope {
    private var formatVersion: Int32? = 1
    private var name: Text?
    private var type: Text?
    private var triggerFlag: Bool?
    private var id: Text?

    init() {}

    /// A producer's.
    init(_ config: Config) throws(DatapanelError) {
        name = try Self.encoded("envelope.name", config.text(.envelopeName)?.bytes)
        type = try Self.encoded("envelope.type", config.text(.envelopeType)?.bytes)
        if let version = config.text(.envelopeFormatVersion) {
            formatVersion = try Self.integer("envelope.format_version", version.bytes)
        }
        let flag = config.number(.envelopeTriggerFlag)
        triggerFlag = flag == 0 ? nil : flag == 2
    }

    /// NULL as `value` leaves the member out.
    mutating func set(
        _ field: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?
    ) throws(DatapanelError) {
        if ASCII.equal(field, "format_version") {
            formatVersion = try Self.integer("format_version", value)
        } else if ASCII.equal(field, "name") {
            name = try Self.encoded("name", value)
        } else if ASCII.equal(field, "type") {
            type = try Self.encoded("type", value)
        } else if ASCII.equal(field, "trigger_flag") {
            triggerFlag = try Self.flag("trigger_flag", value)
        } else if ASCII.equal(field, "id") {
            id = try Self.encoded("id", value)
        } else {
            let shown = Excerpt.of(field, limit: 80)
            throw DatapanelError(
                .argument,
                """
                a request has no field "\(shown)"; it has format_version, name, type, \
                trigger_flag and id
                """
            ).with(.key, shown)
        }
    }

    /// Appends everything that comes before the first object.
    func writeHead(_ listField: ListField, to bytes: inout Bytes) throws(DatapanelError) {
        try bytes.append("{")
        if let formatVersion {
            try bytes.append("\"format_version\":")
            try bytes.append(number: Int64(formatVersion))
            try bytes.append(",")
        }
        try Self.write("\"name\":", name, to: &bytes)
        try Self.write("\"type\":", type, to: &bytes)
        if let triggerFlag {
            try bytes.append(triggerFlag ? "\"trigger_flag\":true," : "\"trigger_flag\":false,")
        }
        try Self.write("\"id\":", id, to: &bytes)
        try bytes.append("\"")
        try bytes.append(listField.name)
        try bytes.append("\":[")
    }

    static let tail: StaticString = "]}"

    private static func write(
        _ name: StaticString, _ value: Text?, to bytes: inout Bytes
    ) throws(DatapanelError) {
        guard let value else { return }
        try bytes.append(name)
        try bytes.append(value.bytes)
        try bytes.append(",")
    }

    private static func integer(
        _ field: StaticString, _ value: UnsafeRawBufferPointer?
    ) throws(DatapanelError) -> Int32? {
        guard let value else { return nil }
        let isNegative = value.count > 0 && value[0] == UInt8(ascii: "-")
        let digits = UnsafeRawBufferPointer(rebasing: value[(isNegative ? 1 : 0)...])
        guard let number = ASCII.number(digits),
            let fitting = Int32(exactly: isNegative ? -number : number)
        else { throw refused(field, value, "an integer of 32 bits") }
        return fitting
    }

    private static func flag(
        _ field: StaticString, _ value: UnsafeRawBufferPointer?
    ) throws(DatapanelError) -> Bool? {
        guard let value else { return nil }
        if ASCII.equal(value, "true") { return true }
        if ASCII.equal(value, "false") { return false }
        throw refused(field, value, "true or false")
    }

    /// The value as a JSON string, quotes and all.
    private static func encoded(
        _ field: StaticString, _ value: UnsafeRawBufferPointer?
    ) throws(DatapanelError) -> Text? {
        guard let value else { return nil }
        guard UTF8Check.isValid(value) else { throw refused(field, value, "text in UTF-8") }
        var bytes = Bytes()
        try JSONValue.string(value).write(to: &bytes)
        return try Text(bytes.view)
    }

    private static func refused(
        _ field: StaticString, _ value: UnsafeRawBufferPointer, _ wanted: StaticString
    ) -> DatapanelError {
        let shown = Excerpt.of(value, limit: 80)
        return DatapanelError(.argument, "\(field) takes \(wanted), not \"\(shown)\"")
            .with(.key, "\(field)")
    }
}
