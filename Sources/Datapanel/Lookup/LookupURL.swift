// SPDX-License-Identifier: Apache-2.0

/// The address of a page of a list.
enum LookupURL {
    /// The service gives no more at once.
    static let pageSize = 100

    /// Asks for those that have `name` as part of a field, or for all where `field` is nil.
    static func make(
        _ config: Config, _ kind: LookupKind, _ field: LookupField?, _ name: UnsafeRawBufferPointer,
        offset: Int
    ) throws(DatapanelError) -> Text {
        var url = try list(config, kind)
        var separator: StaticString = "?"
        if let field {
            try url.append(separator)
            try url.append(field.member)
            try url.append("=")
            try PathPart.encode(name, into: &url)
            separator = "&"
        }
        if kind.isPaged {
            try url.append(separator)
            try url.append("limit=")
            try url.append(number: Int64(pageSize))
            try url.append("&offset=")
            try url.append(number: Int64(offset))
        }
        return try Text(url.view)
    }

    private static func list(
        _ config: Config, _ kind: LookupKind
    ) throws(DatapanelError) -> Bytes {
        switch kind {
        case .project:
            guard let endpoint = config.iamEndpoint else {
                throw DatapanelError(
                    .config,
                    "iam.endpoint (or region in its place) is not set, and IAM knows the projects"
                ).with(.key, "iam.endpoint")
            }
            var url = Bytes()
            try url.append(text: endpoint)
            try url.append("/v3/projects")
            return url
        case .workspace:
            return try ServicePath.workspaces(config)
        case .dataclass:
            var url = try ServicePath.workspace(config)
            try url.append("/soc/dataclasses")
            return url
        }
    }
}
