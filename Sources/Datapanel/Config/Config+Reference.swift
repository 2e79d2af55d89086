// SPDX-License-Identifier: Apache-2.0

/// The project and the workspace, which may be given by their names.
extension Config {
    /// Nil when no setting tells. A region's own project has its name.
    func reference(_ key: SettingKey) throws(DatapanelError) -> Reference? {
        if let text = text(key) { return try Reference(text.bytes) }
        guard key == .projectId, let region = text(.region) else { return nil }
        return .name(region)
    }

    /// The id; nil while there is none, or only a name.
    package func id(_ key: SettingKey) -> Text? {
        guard let text = text(key), Reference.name(in: text.bytes) == nil else { return nil }
        return text
    }

    /// With the id that was found for a name in its place.
    func with(_ key: SettingKey, id: Text) throws(DatapanelError) -> Config {
        var config = self
        try config.set(key, id.bytes)
        return config
    }
}
