// SPDX-License-Identifier: Apache-2.0

/// What there is to be looked up by name.
struct Directory {
    private(set) var projects: [Project]
    private(set) var workspaces: [Workspace]
    /// The data classes that were there once, and the status that their absence has.
    private var removed: [String: Int] = [:]

    init(_ options: Emulator.Options) {
        let own = Project(id: options.project, name: options.region)
        projects = [own] + Project.twins.filter { $0.id != own.id }
        let demo = Workspace(
            id: options.workspace, name: options.workspaceName, dataclasses: options.dataclasses)
        workspaces = [demo] + Workspace.hard.filter { $0.id != demo.id }
    }

    func project(_ reference: Reference) -> Project? {
        projects.first { reference.means(id: $0.id, name: $0.name) }
    }

    func workspace(id: String) -> Workspace? {
        workspaces.first { $0.id == id }
    }

    func dataclass(id: String, workspace: String) throws(Refusal) -> DataClass {
        guard let workspace = self.workspace(id: workspace) else { throw .workspace(workspace) }
        guard let dataclass = workspace.dataclasses.first(where: { $0.id == id }) else {
            throw .dataclass(id, status: removed[id] ?? 400)
        }
        return dataclass
    }

    /// Adds a data class, or gives the one with its id another name; false without the workspace.
    mutating func put(_ dataclass: DataClass, workspace id: String) -> Bool {
        guard let index = workspaces.firstIndex(where: { $0.id == id }) else { return false }
        removed[dataclass.id] = nil
        let old = workspaces[index].dataclasses.firstIndex { $0.id == dataclass.id }
        if let old {
            workspaces[index].dataclasses[old] = dataclass
        } else {
            workspaces[index].dataclasses.append(dataclass)
        }
        return true
    }

    /// Returns whether it was there.
    mutating func removeDataclass(id: String, status: Int) -> Bool {
        for index in workspaces.indices {
            guard let old = workspaces[index].dataclasses.firstIndex(where: { $0.id == id }) else {
                continue
            }
            workspaces[index].dataclasses.remove(at: old)
            removed[id] = status
            return true
        }
        return false
    }
}
