// SPDX-License-Identifier: Apache-2.0

/// A value in force: its text, and the number that a duration, a size or a flag stands for.
package struct SettingValue {
    /// Real tokens end below 32 KiB. libcurl holds 1 MiB of headers, and takes more of them for a
    /// lack of memory.
    private static let secretLimit = 512 << 10

    package let text: Text
    package let number: Int64

    /// Checks the text against what the setting takes.
    init(_ setting: Setting, _ bytes: UnsafeRawBufferPointer) throws(DatapanelError) {
        number = try Self.check(setting, bytes)
        text = try Text(bytes, secret: setting.isSecret)
    }

    private static func check(
        _ setting: Setting, _ bytes: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> Int64 {
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw refused(setting, nil, "has a control character, such as a line end")
        }
        guard UTF8Check.isValid(bytes) else { throw refused(setting, nil, "is not valid UTF-8") }
        // Empty stands for "not set" wherever "not set" is what the setting starts with.
        if bytes.count == 0 && setting.fallback.utf8CodeUnitCount == 0 { return 0 }
        switch setting.kind {
        case .text: return 0
        case .secret:
            guard bytes.count <= secretLimit else {
                let limit = Size.text(Int64(secretLimit))
                throw refused(setting, bytes, "has \(bytes.count) bytes; it takes up to \(limit)")
            }
            return 0
        case .endpoint:
            if let flaw = EndpointSyntax.flaw(bytes) { throw refused(setting, bytes, flaw) }
            return 0
        case .reference:
            if let flaw = Reference.flaw(bytes) { throw refused(setting, bytes, flaw) }
            return 0
        case .choice(let words):
            guard let position = Words.position(of: bytes, in: words) else {
                throw refused(setting, bytes, "is not among: \(setting.range)")
            }
            return position
        case .choices(let words):
            return try choices(setting, words, bytes)
        case .flag:
            if ASCII.equal(bytes, "true") { return 1 }
            if ASCII.equal(bytes, "false") { return 0 }
            throw refused(setting, bytes, "is neither true nor false")
        case .duration(let bounds):
            guard let value = Duration.parse(bytes) else {
                throw refused(setting, bytes, "is no time; write it like 500ms, 30s or 5m")
            }
            return try within(bounds, value, setting, bytes)
        case .count(let bounds):
            guard let value = ASCII.number(bytes) else {
                throw refused(setting, bytes, "is no number")
            }
            return try within(bounds, value, setting, bytes)
        case .size(let bounds):
            guard let value = Size.parse(bytes) else {
                throw refused(setting, bytes, "is no size; write it like 65536, 64KiB or 4MiB")
            }
            return try within(bounds, value, setting, bytes)
        }
    }

    /// A bit for each word that occurs.
    private static func choices(
        _ setting: Setting, _ words: StaticString, _ bytes: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> Int64 {
        var found: Int64 = 0
        for word in Words(bytes) {
            guard let position = Words.position(of: word, in: words) else {
                throw refused(setting, bytes, "has a word that is not among: \(setting.range)")
            }
            found |= 1 << position
        }
        return found
    }

    private static func within(
        _ bounds: ClosedRange<Int64>, _ value: Int64,
        _ setting: Setting, _ bytes: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> Int64 {
        guard bounds.contains(value) else {
            throw refused(setting, bytes, "is out of range; it takes \(setting.range)")
        }
        return value
    }

    /// Shows the value only where it is no secret, such as a login in a URL, and can be printed.
    private static func refused(
        _ setting: Setting, _ bytes: UnsafeRawBufferPointer?, _ flaw: Text
    ) -> DatapanelError {
        let shown: Text =
            if let bytes, !setting.isSecret, !bytes.contains(UInt8(ascii: "@")) {
                "\"\(Excerpt.of(bytes, limit: 80))\""
            } else {
                "the value"
            }
        return DatapanelError(.config, "\(setting.key): \(shown) \(flaw)")
            .with(.key, "\(setting.key)")
    }
}
