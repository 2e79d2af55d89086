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
        var url = try ServicePath.workspace(config)
        try url.append("/soc/datapanel/")
        try PathPart.encode(target, into: &url)
        try url.append("/data-objects/batch-create")
        return try Text(url.view)
    }
}
