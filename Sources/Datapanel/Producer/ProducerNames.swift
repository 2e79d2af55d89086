// SPDX-License-Identifier: Apache-2.0

/// What the settings of a producer give by name, and the look-ups that are under way.
struct ProducerNames {
    /// So many requests for look-ups at once; there may be thousands of names.
    private static let most = 4

    let project: NameSearch?
    let workspace: NameSearch?
    /// Whether anything at all is given by name.
    var isUsed: Bool
    var underWay = 0
    /// Requests that ended.
    var requests = 0

    init(_ config: Config) throws(DatapanelError) {
        project = try Self.search(.project, config.reference(.projectId))
        workspace = try Self.search(.workspace, config.reference(.workspaceId))
        isUsed = project != nil || workspace != nil
    }

    private static func search(
        _ kind: LookupKind, _ reference: Reference?
    ) throws(DatapanelError) -> NameSearch? {
        guard case .name(let name)? = reference else { return nil }
        return NameSearch(kind, name)
    }

    var hasRoom: Bool { underWay < Self.most }

    /// What has to be found first before a target has its address; nil when all is known.
    func missing(for dataclass: NameSearch?) -> NameSearch? {
        if let project, project.id == nil { return project }
        if let workspace, workspace.id == nil { return workspace }
        return dataclass?.id == nil ? dataclass : nil
    }

    /// Why a target has no address.
    func trouble(of target: TargetQueue) -> Text? {
        target.address.isKnown ? nil : missing(for: target.address.search)?.trouble
    }

    func tryAtOnce() {
        project?.tryAtOnce()
        workspace?.tryAtOnce()
    }
}
