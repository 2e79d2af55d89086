// SPDX-License-Identifier: Apache-2.0

/// What can be looked up by its name.
package enum LookupKind: CaseIterable, Sendable {
    case project, workspace, dataclass

    package static func named(_ name: UnsafeRawBufferPointer) throws(DatapanelError) -> LookupKind {
        for kind in allCases where ASCII.equal(name, kind.name) { return kind }
        let shown = Excerpt.of(name, limit: 80)
        throw DatapanelError(
            .argument, "there is no kind \"\(shown)\"; it is project, workspace or dataclass"
        ).with(.key, shown)
    }

    package var name: StaticString {
        switch self {
        case .project: "project"
        case .workspace: "workspace"
        case .dataclass: "dataclass"
        }
    }

    /// As it reads in a sentence.
    var noun: StaticString {
        switch self {
        case .project, .workspace: name
        case .dataclass: "data class"
        }
    }

    /// The id of what it is looked up in.
    func within(_ config: Config) -> Text {
        switch self {
        case .project: ""
        case .workspace: config.id(.projectId) ?? ""
        case .dataclass: config.id(.workspaceId) ?? ""
        }
    }

    /// What a name can be, in the order in which it is tried.
    var fields: [LookupField] {
        switch self {
        case .project, .workspace: [.name]
        case .dataclass: [.name, .businessCode]
        }
    }

    /// The member of an answer that has the list.
    var list: StaticString {
        switch self {
        case .project: "projects"
        case .workspace: "workspaces"
        case .dataclass: "dataclass_details"
        }
    }

    /// IAM gives all its projects at once.
    var isPaged: Bool { self != .project }

    /// The member of an answer that tells how many there are on all pages.
    var total: StaticString {
        switch self {
        case .project, .workspace: "count"
        case .dataclass: "total"
        }
    }
}

/// A member of what is looked up, and of the query that asks for it.
enum LookupField: Sendable {
    case name, businessCode

    var member: StaticString {
        switch self {
        case .name: "name"
        case .businessCode: "business_code"
        }
    }

    /// As it reads in a sentence.
    var noun: StaticString {
        switch self {
        case .name: "the name"
        case .businessCode: "the business code"
        }
    }
}
