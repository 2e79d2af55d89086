// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Datapanel
import Glibc

/// `datapanel lookup`: the id that a name has.
struct LookupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Prints the id of a project, a workspace or a data class.",
        discussion: """
            Names are compared exactly; of data classes business codes do as well. Nothing but the \
            id goes to standard output, so that a script can keep it:

                alerts=$(datapanel lookup dataclass Alert)

            When no id has the name, or several have it, the message on standard error tells the \
            nearest names or the ids, and the command fails. Settings come from the environment, \
            then from the file, then from --set, as for datapanel config.

            EXIT STATUS:
              0  the id was printed
              1  no id has the name, or several, or the service could not be asked
              2  the arguments or the settings are wrong
            """)

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case project, workspace, dataclass

        var engine: LookupKind {
            switch self {
            case .project: .project
            case .workspace: .workspace
            case .dataclass: .dataclass
            }
        }
    }

    @Argument(help: "What it is that has the name.")
    var kind: Kind

    @Argument(help: "The name, such as Alert.")
    var name: String

    @OptionGroup var settings: SettingsOptions

    @Flag(help: "Print an object with the id, and with the ids of what is around it.")
    var json = false

    func run() throws {
        do {
            let (id, config) = try find()
            try write(json ? object(id, config) + "\n" : "\(id)\n")
        } catch let error as DatapanelError {
            if error.code == .argument || error.code == .config {
                throw UsageFailure(description: "\(error.message)")
            }
            throw CommandFailure(description: "\(error.message)")
        }
    }

    /// The id, and the settings with the ids of what is around it.
    private func find() throws(DatapanelError) -> (id: String, config: Config) {
        var config = try settings.config()
        let client = try Client.make(config)
        let name = try engineText(name)
        let id = try client.lookup(kind.engine, name.bytes, timeout: 0) { config = $0 }
        defer { free(id.pointer) }
        return (String(cString: id.pointer), config)
    }

    private func object(_ id: String, _ config: Config) throws -> String {
        let object = try ObjectBuilder()
        try object.set("kind", string: kind.rawValue)
        try object.set("name", string: name)
        try object.set("id", string: id)
        let around: [(member: String, key: SettingKey)] =
            switch kind {
            case .project: []
            case .workspace: [("project_id", .projectId)]
            case .dataclass: [("project_id", .projectId), ("workspace_id", .workspaceId)]
            }
        for (member, key) in around {
            guard let id = config.id(key) else { continue }
            try object.set(member, string: "\(id)")
        }
        let text = try object.json()
        defer { free(text.pointer) }
        return String(cString: text.pointer)
    }
}
