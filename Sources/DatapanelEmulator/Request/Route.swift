// SPDX-License-Identifier: Apache-2.0

/// What a method and a path ask for.
enum Route: Equatable {
    case batchCreate(project: String, workspace: String, dataclass: String)
    case search(project: String, workspace: String, dataclass: String)
    case object(project: String, workspace: String, dataclass: String, id: String)
    case dataclasses(project: String, workspace: String)
    case workspaces(project: String)
    case projects
    case token
    case metadataToken, securityKey
    case addFaults, clearFaults, stats, clearObjects
    case putDataclass, removeDataclass(id: String), revokeTokens, setClock
    /// An admin path with a method that it does not have; `allow` lists those it has.
    case wrongMethod(allow: String)
    /// The gateway knows no such API. It says the same of a wrong method as of a wrong path.
    case unknown

    init(method: String, segments: [String]) {
        var methods: [String] = []
        for row in Self.table {
            guard let captured = row.captures(segments) else { continue }
            if row.method == method {
                self = row.route(captured)
                return
            }
            methods.append(row.method)
        }
        let isAdmin = segments.first == Self.adminPrefix && !methods.isEmpty
        self = isAdmin ? .wrongMethod(allow: methods.joined(separator: ", ")) : .unknown
    }

    /// Whether a target is for the emulator itself, and not for the service that it stands for.
    static func isAdmin(_ target: String) -> Bool {
        target.hasPrefix("/\(adminPrefix)/")
    }

    /// Whether a target is IAM's, which has errors of a shape of its own.
    static func isIdentity(_ target: String) -> Bool {
        target.hasPrefix("/v3/")
    }

    /// Whether a target is the one where IAM gives out tokens.
    static func isToken(_ target: String) -> Bool {
        target.prefix { $0 != "?" } == tokenPath
    }

    private static let tokenPath = "/v3/auth/tokens"
    private static let adminPrefix = "_emulator"

    private static let workspace = "/v1/{}/workspaces/{}"
    private static let objects = "\(workspace)/soc/datapanel/{}/data-objects"

    private static let table: [Row] = [
        Row("POST", "\(objects)/batch-create") {
            .batchCreate(project: $0[0], workspace: $0[1], dataclass: $0[2])
        },
        Row("POST", "\(objects)/search") {
            .search(project: $0[0], workspace: $0[1], dataclass: $0[2])
        },
        Row("GET", "\(objects)/{}") {
            .object(project: $0[0], workspace: $0[1], dataclass: $0[2], id: $0[3])
        },
        Row("GET", "\(workspace)/soc/dataclasses") {
            .dataclasses(project: $0[0], workspace: $0[1])
        },
        Row("GET", "/v1/{}/workspaces") { .workspaces(project: $0[0]) },
        Row("GET", "/v3/projects") { _ in .projects },
        Row("POST", tokenPath) { _ in .token },
        Row("PUT", "/meta-data/latest/api/token") { _ in .metadataToken },
        Row("GET", "/openstack/latest/securitykey") { _ in .securityKey },
        Row("POST", "/\(adminPrefix)/faults") { _ in .addFaults },
        Row("DELETE", "/\(adminPrefix)/faults") { _ in .clearFaults },
        Row("GET", "/\(adminPrefix)/stats") { _ in .stats },
        Row("DELETE", "/\(adminPrefix)/objects") { _ in .clearObjects },
        Row("POST", "/\(adminPrefix)/dataclasses") { _ in .putDataclass },
        Row("DELETE", "/\(adminPrefix)/dataclasses/{}") { .removeDataclass(id: $0[0]) },
        Row("DELETE", "/\(adminPrefix)/tokens") { _ in .revokeTokens },
        Row("POST", "/\(adminPrefix)/clock") { _ in .setClock },
    ]

    private struct Row: Sendable {
        let method: String
        let template: [Substring]
        let route: @Sendable ([String]) -> Route

        init(_ method: String, _ path: String, _ route: @escaping @Sendable ([String]) -> Route) {
            self.method = method
            self.template = path.dropFirst().split(separator: "/")
            self.route = route
        }

        /// What stands in the places of the braces; nil when the path is another one.
        func captures(_ segments: [String]) -> [String]? {
            guard segments.count == template.count else { return nil }
            var captured: [String] = []
            for (segment, part) in zip(segments, template) {
                if part == "{}" {
                    captured.append(segment)
                } else if segment != part {
                    return nil
                }
            }
            return captured
        }
    }
}
