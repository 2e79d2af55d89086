// SPDX-License-Identifier: Apache-2.0

/// Keys as one place has them, and what it tells besides: settings, in the end.
struct FoundKeys {
    /// What the vendor calls these settings: in the environment, and in the profile file.
    static let names: [(variable: StaticString, name: StaticString, key: SettingKey)] = [
        ("HUAWEICLOUD_SDK_AK", "ak", .accessKey),
        ("HUAWEICLOUD_SDK_SK", "sk", .secretKey),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", "security_token", .securityToken),
        ("HUAWEICLOUD_SDK_PROJECT_ID", "project_id", .projectId),
        ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "iam_endpoint", .iamEndpoint),
    ]

    private(set) var settings: [(key: SettingKey, value: Text)] = []

    mutating func take(_ key: SettingKey, _ value: Text) {
        settings.append((key, value))
    }

    private func has(_ key: SettingKey) -> Bool { settings.contains { $0.key == key } }

    /// Whether there are any. A half of a pair is refused: the person who gave it means it.
    func areThere(
        in place: Text, access: StaticString, secret: StaticString
    ) throws(DatapanelError) -> Bool {
        let hasAccess = has(.accessKey)
        if hasAccess && has(.secretKey) { return true }
        if !hasAccess && !has(.secretKey) && !has(.securityToken) { return false }
        let given = hasAccess ? access : has(.secretKey) ? secret : "a security token"
        throw DatapanelError(
            .config,
            """
            \(place) has \(given), but no \(hasAccess ? secret : access); give both of them, or \
            neither
            """
        ).with(.key, "\(hasAccess ? secret : access)")
    }
}
