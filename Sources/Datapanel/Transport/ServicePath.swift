// SPDX-License-Identifier: Apache-2.0

/// What the addresses of the service's routes begin with.
enum ServicePath {
    static func workspaces(_ config: Config) throws(DatapanelError) -> Bytes {
        var url = Bytes()
        try url.append(text: config.endpoint ?? "")
        try url.append("/v1/")
        try append(.projectId, of: config, to: &url)
        try url.append("/workspaces")
        return url
    }

    static func workspace(_ config: Config) throws(DatapanelError) -> Bytes {
        var url = try workspaces(config)
        try url.append("/")
        try append(.workspaceId, of: config, to: &url)
        return url
    }

    private static func append(
        _ key: SettingKey, of config: Config, to url: inout Bytes
    ) throws(DatapanelError) {
        guard let part = config.id(key) else {
            let name = key.setting.key
            throw DatapanelError(
                .config,
                """
                \(name) is not set, and this call needs it; set the id, or "name:" and the \
                name, before the client is made
                """
            ).with(.key, "\(name)")
        }
        try PathPart.encode(part.bytes, into: &url)
    }
}
