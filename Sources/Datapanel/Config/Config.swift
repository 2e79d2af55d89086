// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The settings in force. A value: a copy is a snapshot that later changes do not reach.
package struct Config: Sendable {
    private var values: [SettingValue?]
    package var log = Log.silent
    /// The keys that stay in use until all of the new ones are there.
    private var outgoingKey: AccessKey?

    package init() {
        values = [SettingValue?](repeating: nil, count: SettingKey.allCases.count)
    }

    package mutating func set(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(DatapanelError) {
        guard let key = SettingKey.named(name) else { throw Self.unknown(name) }
        try set(key, value)
    }

    package mutating func set(
        _ key: SettingKey, _ value: UnsafeRawBufferPointer
    ) throws(DatapanelError) {
        values[key.rawValue] = try SettingValue(key.setting, value)
    }

    package static func unknown(_ name: UnsafeRawBufferPointer) -> DatapanelError {
        let shown = Excerpt.of(name, limit: 80)
        let hint = SettingKey.nearest(to: name).setting.key
        return DatapanelError(.config, "there is no setting \"\(shown)\"; did you mean \(hint)?")
            .with(.key, shown)
    }

    /// The text as it was set; nil where the default holds.
    package func text(_ key: SettingKey) -> Text? {
        guard let text = values[key.rawValue]?.text, text.count > 0 else { return nil }
        return text
    }

    /// A duration in milliseconds, a size in bytes, the position of a choice, a flag as 0 or 1.
    package func number(_ key: SettingKey) -> Int64 {
        if let value = values[key.rawValue] { return value.number }
        let setting = key.setting
        let fallback = UnsafeRawBufferPointer(
            start: setting.fallback.utf8Start, count: setting.fallback.utf8CodeUnitCount)
        switch setting.kind {
        case .duration: return Duration.parse(fallback) ?? 0
        case .size: return Size.parse(fallback) ?? 0
        case .count: return ASCII.number(fallback) ?? 0
        case .flag: return ASCII.equal(fallback, "true") ? 1 : 0
        case .choice, .choices, .text, .secret, .endpoint, .reference: return 0
        }
    }

    package func isOn(_ key: SettingKey) -> Bool { number(key) != 0 }

    package var auth: AuthKind { AuthKind(rawValue: number(.auth)) ?? .token }

    /// What calls are signed with.
    package var signingKey: AccessKey {
        outgoingKey
            ?? AccessKey(
                access: text(.accessKey) ?? "", secret: text(.secretKey) ?? "",
                securityToken: text(.securityToken))
    }

    /// What authorises calls, where settings say it.
    var proof: Proof? {
        switch auth {
        case .token: text(.authToken).map { .token($0) }
        case .password: nil
        case .aksk: .key(signingKey)
        }
    }

    /// A setting that is changed in use. Keys that do not belong together would fail until the
    /// last of them is set, and too many failures shut the access key out.
    mutating func change(
        _ key: SettingKey, _ value: UnsafeRawBufferPointer
    ) throws(DatapanelError) {
        let before = signingKey
        try set(key, value)
        switch key {
        case .accessKey, .securityToken: outgoingKey = before
        case .secretKey: outgoingKey = nil
        default: break
        }
    }

    package var listField: ListField { number(.listField) == 1 ? .dataObjectList : .dataObject }

    var backoff: Backoff { Backoff(base: number(.backoffBase), cap: number(.backoffCap)) }

    /// What `dp_config_get` shows: a C string that lives as long as this value does.
    package func shown(_ key: SettingKey) -> UnsafePointer<CChar> {
        guard let text = text(key) else { return Self.cString(key.setting.fallback) }
        // A proxy's URL may carry a password.
        let mayHoldPassword = key == .proxy && text.bytes.contains(UInt8(ascii: "@"))
        return key.setting.isSecret || mayHoldPassword ? Self.cString("[redacted]") : text.pointer
    }

    private static func cString(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}

/// How calls are authorised, in the order of the setting's words.
package enum AuthKind: Int64, Sendable {
    case token, password, aksk
}

/// The name of the array of objects: revisions of the service's API differ in it.
package enum ListField: Sendable {
    case dataObject, dataObjectList

    package var name: StaticString {
        switch self {
        case .dataObject: "data_object"
        case .dataObjectList: "data_object_list"
        }
    }
}
