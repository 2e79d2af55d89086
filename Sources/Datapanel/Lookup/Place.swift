// SPDX-License-Identifier: Apache-2.0

/// Where the objects of a call go, with an id for each name.
final class Place {
    /// With the ids of project and workspace.
    private(set) var passes: Passes
    /// What was given by name, and the ids.
    private(set) var names: [KnownName] = []
    private(set) var ids: [Text] = []
    /// Whether any of them was looked up by an earlier call.
    private(set) var wasKnown = false

    init(_ passes: Passes) {
        self.passes = passes
    }

    func add(_ name: KnownName, _ id: Text, wasKnown: Bool) {
        names.append(name)
        ids.append(id)
        if wasKnown { self.wasKnown = true }
    }

    func set(_ key: SettingKey, id: Text) throws(DatapanelError) {
        passes = passes.with(try passes.config.with(key, id: id))
    }

    func isSame(as other: Place) -> Bool {
        guard ids.count == other.ids.count else { return false }
        for index in ids.indices where !ids[index].equals(other.ids[index].bytes) { return false }
        return true
    }
}
