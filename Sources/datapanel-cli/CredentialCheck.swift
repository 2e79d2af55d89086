// SPDX-License-Identifier: Apache-2.0
import Datapanel
import DatapanelABI
import Glibc

/// Asks the service something harmless, to see whether it takes the credentials.
struct CredentialCheck {
    private let config: Config

    init(_ config: Config) {
        self.config = config
    }

    /// What can be asked with the ids that are set.
    private var kind: LookupKind {
        let hasProject = config.text(.projectId) != nil || config.text(.region) != nil
        if config.text(.workspaceId) != nil && hasProject { return .dataclass }
        return hasProject ? .workspace : .project
    }

    func run() throws {
        do throws(DatapanelError) {
            let client = try Client.make(config)
            let name: StaticString = "Alert"
            let id = try client.lookup(
                kind, UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount),
                timeout: 0)
            free(id.pointer)
        } catch {
            switch error.code {
            // There is none of that name, says a service that took the question.
            case .name: break
            case .config, .argument: throw error
            default: throw CommandFailure(description: "\(error.message)")
            }
        }
        try write("\n# checked: the service takes these credentials\n")
    }
}
