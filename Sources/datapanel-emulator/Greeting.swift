// SPDX-License-Identifier: Apache-2.0
import DatapanelEmulator

/// What the command prints when it takes requests: the URL alone for programs, the rest for people.
struct Greeting {
    let text: String

    init(_ emulator: Emulator) {
        let options = emulator.options
        let width = max(9, options.dataclasses.map(\.name.count).max() ?? 0)
        func row(_ name: String, _ value: String) -> String {
            name.padded(to: width) + "  " + value
        }
        var lines = [
            emulator.url,
            "",
            row("region", options.region),
            row("project", options.project),
            row("workspace", "\(options.workspace) (\"\(options.workspaceName)\")"),
        ]
        lines += options.dataclasses.map { row($0.name, $0.id) }
        lines += [
            row("token", options.token),
            row("user", "\(options.account.user) of \(options.account.domain)"),
            row("password", options.account.password),
        ]
        lines += options.accessKeys.filter { $0.securityToken == nil }
            .map { row("keys", "\($0.access), \($0.secret)") }
        lines += [
            row("objects", options.database.map { "in \($0)" } ?? "in memory"),
            "",
        ]
        if let dataclass = options.dataclasses.first {
            lines += [Self.example(emulator, dataclass), ""]
        }
        lines.append("Stop with Ctrl-C.")
        text = lines.joined(separator: "\n")
    }

    private static func example(_ emulator: Emulator, _ dataclass: DataClass) -> String {
        let options = emulator.options
        let list = (options.listField ?? .dataObject).rawValue
        return "curl -H 'X-Auth-Token: \(options.token)' -H 'Content-Type: application/json' "
            + "-d '{\"\(list)\":[{\"title\":\"first\"}]}' "
            + "\(emulator.url)/v1/\(options.project)/workspaces/\(options.workspace)"
            + "/soc/datapanel/\(dataclass.id)/data-objects/batch-create"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
