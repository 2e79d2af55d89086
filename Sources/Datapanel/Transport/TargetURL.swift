// SPDX-License-Identifier: Apache-2.0

/// The address of a target's batch-create route.
package enum TargetURL {
    /// The data class that a caller means.
    package static func dataclass(
        _ target: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> Reference {
        if let flaw = Reference.flaw(target) {
            throw DatapanelError(
                .argument,
                """
                the target "\(Excerpt.of(target, limit: 80))" \(flaw); give a data class's id, or \
                "name:" and its name
                """
            ).with(.key, "target")
        }
        return try Reference(target)
    }

    /// `target` is the id of a data class.
    @inline(never)
    package static func make(
        _ config: Config, _ target: UnsafeRawBufferPointer
    ) throws(DatapanelError) -> Text {
        var url = try ServicePath.workspace(config)
        try url.append("/soc/datapanel/")
        try PathPart.encode(target, into: &url)
        try url.append("/data-objects/batch-create")
        return try Text(url.view)
    }
}
