// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The settings in force. A value: a copy is a snapshot that later changes do not reach. Copies
/// share one object until one of them changes, as there are many.
package struct Config: Sendable {
    private var content = Content()

    private final class Content: @unchecked Sendable {
        var values = [SettingValue?](repeating: nil, count: SettingKey.allCases.count)
        var log = Log.silent
        /// The keys that stay in use until all of the new ones are there.
        var outgoingKey: AccessKey?
        /// What `auth = default` was found to stand for.
        var found: AuthKind?
        /// Why no credentials were found before the metadata service was left.
        var searched: Text?
        /// With secrets in them that others can read.
        var exposedFiles: [Text] = []

        init() {}

        init(copying other: Content) {
            values = other.values
            log = other.log
            outgoingKey = other.outgoingKey
            found = other.found
            searched = other.searched
            exposedFiles = other.exposedFiles
        }
    }

    package init() {}

    /// What is to be changed, and no other's.
    private var changeable: Content {
        @inline(never)
        mutating get {
            if !isKnownUniquelyReferenced(&content) { content = Content(copying: content) }
            return content
        }
    }

    package var log: Log {
        get { content.log }
        set { changeable.log = newValue }
    }

    /// Why no credentials were found before the metadata service was left.
    var searched: Text? { content.searched }

    package mutating func set(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(DatapanelError) {
        guard let key = SettingKey.named(name) else { throw Self.unknown(name) }
        try set(key, value)
    }

    package mutating func set(
        _ key: SettingKey, _ value: UnsafeRawBufferPointer
    ) throws(DatapanelError) {
        let value = try SettingValue(key.setting, value)
        changeable.values[key.rawValue] = value
    }

    package static func unknown(_ name: UnsafeRawBufferPointer) -> DatapanelError {
        let shown = Excerpt.of(name, limit: 80)
        let hint = SettingKey.nearest(to: name).setting.key
        return DatapanelError(.config, "there is no setting \"\(shown)\"; did you mean \(hint)?")
            .with(.key, shown)
    }

    /// The text as it was set; nil where the default holds.
    package func text(_ key: SettingKey) -> Text? {
        guard let text = content.values[key.rawValue]?.text, text.count > 0 else { return nil }
        return text
    }

    /// A duration in milliseconds, a size in bytes, the position of a choice, a flag as 0 or 1.
    package func number(_ key: SettingKey) -> Int64 {
        if let value = content.values[key.rawValue] { return value.number }
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

    package var auth: AuthKind { content.found ?? AuthKind(rawValue: number(.auth)) ?? .token }

    /// What calls are signed with.
    package var signingKey: AccessKey {
        content.outgoingKey
            ?? AccessKey(
                access: text(.accessKey) ?? "", secret: text(.secretKey) ?? "",
                securityToken: text(.securityToken))
    }

    /// A setting that is changed in use. Keys that do not belong together would fail until the
    /// last of them is set, and too many failures shut the access key out.
    mutating func change(
        _ key: SettingKey, _ value: UnsafeRawBufferPointer
    ) throws(DatapanelError) {
        let before = signingKey
        try set(key, value)
        switch key {
        case .accessKey, .securityToken: changeable.outgoingKey = before
        case .secretKey: changeable.outgoingKey = nil
        default: break
        }
        // What a person gives goes before what the metadata service does.
        guard auth == .default else { return }
        switch key {
        case .authToken: settle(auth: .token)
        case .authPassword: settle(auth: .password)
        case .secretKey: settle(auth: .aksk)
        default: break
        }
    }

    /// Notes what `auth = default` stands for.
    mutating func settle(auth kind: AuthKind) { changeable.found = kind }

    mutating func settle(searched reasons: Text) { changeable.searched = reasons }

    package var listField: ListField { number(.listField) == 1 ? .dataObjectList : .dataObject }

    var backoff: Backoff { Backoff(base: number(.backoffBase), cap: number(.backoffCap)) }

    // MARK: files that others can read

    mutating func note(exposed path: Text) {
        if content.exposedFiles.contains(where: { $0.equals(path.bytes) }) { return }
        changeable.exposedFiles.append(path)
    }

    func hasSecrets(besides other: Config) -> Bool {
        SettingKey.allCases.contains { $0.setting.isSecret && text($0) !== other.text($0) }
    }

    /// Only now: who reads settings may not have said yet where the log goes.
    mutating func warnOfExposedFiles() {
        for path in content.exposedFiles {
            let path = TextFile.shown(path)
            log.write(.warning, .auth) {
                "\(path) holds secrets and others can read or change it: chmod 600 \(path)"
            }
        }
        changeable.exposedFiles = []
    }

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
