// SPDX-License-Identifier: Apache-2.0

/// The address of a target's batch-create route.
package enum TargetURL {
    package static func make(
        _ config: Config, _ target: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> Text {
        if let flaw = PathPart.flaw(target) {
            throw DatapanelError(
                .argument,
                "the target \"\(Excerpt.of(target, limit: 80))\" \(flaw); give a data class's id"
            ).with(.key, "target")
        }
        var url = Bytes()
        try url.append(endpoint(config))
        try url.append("/v1/")
        try append(config.text(.projectId), to: &url)
        try url.append("/workspaces/")
        try append(config.text(.workspaceId), to: &url)
        try url.append("/soc/datapanel/")
        try PathPart.encode(target, into: &url)
        try url.append("/data-objects/batch-create")
        return try Text(url.view)
    }

    private static func endpoint(_ config: Config) -> UnsafeRawBufferPointer {
        config.text(.endpoint)?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    private static func append(_ part: Text?, to url: inout Bytes) throws(DatapanelError) {
        guard let part else { return }
        try PathPart.encode(part.bytes, into: &url)
    }
}
