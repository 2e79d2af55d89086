// SPDX-License-Identifier: Apache-2.0

/// Who asks IAM for a token, and for what.
///
///     {"auth":{"identity":{"methods":["password"],"password":{"user":
///         {"name":"…","password":"…","domain":{"name":"…"}}}},"scope":{"project":{"name":"…"}}}}
struct TokenBody: Equatable {
    enum Scope: Equatable {
        case project(Reference)
        case domain(Reference)
        /// Global services only.
        case none
    }

    private(set) var user = Reference()
    private(set) var password = ""
    private(set) var domain = Reference()
    private(set) var scope = Scope.none
    private var methods: [String] = []

    init(_ bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes)
        try reader.object { reader, name throws(JSONError) in
            if name == "auth" { try readAuth(&reader) } else { try reader.skip() }
        }
        try reader.end()
        func refuse(_ reason: String) -> JSONError { JSONError(offset: 0, reason: reason) }
        guard methods == ["password"] else { throw refuse("methods must be [\"password\"]") }
        guard !user.isEmpty else { throw refuse("the user has neither name nor id") }
        guard !password.isEmpty else { throw refuse("the user has no password") }
        guard user.id != nil || !domain.isEmpty else { throw refuse("the user has no domain") }
    }

    private mutating func readAuth(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object { reader, name throws(JSONError) in
            switch name {
            case "identity": try readIdentity(&reader)
            case "scope": try readScope(&reader)
            default: try reader.skip()
            }
        }
    }

    private mutating func readIdentity(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object { reader, name throws(JSONError) in
            switch name {
            case "methods":
                try reader.array { reader throws(JSONError) in methods.append(try reader.string()) }
            case "password":
                try reader.object { reader, name throws(JSONError) in
                    if name == "user" { try readUser(&reader) } else { try reader.skip() }
                }
            default: try reader.skip()
            }
        }
    }

    private mutating func readUser(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object { reader, name throws(JSONError) in
            switch name {
            case "id": user.id = try reader.string()
            case "name": user.name = try reader.string()
            case "password": password = try reader.string()
            case "domain": domain = try Self.reference(&reader)
            default: try reader.skip()
            }
        }
    }

    /// Of a project and a domain the project counts.
    private mutating func readScope(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object { reader, name throws(JSONError) in
            switch name {
            case "project": scope = .project(try Self.reference(&reader))
            case "domain":
                let domain = try Self.reference(&reader)
                if scope == .none { scope = .domain(domain) }
            default: try reader.skip()
            }
        }
    }

    private static func reference(_ reader: inout JSONReader) throws(JSONError) -> Reference {
        var reference = Reference()
        try reader.object { reader, name throws(JSONError) in
            switch name {
            case "id": reference.id = try reader.string()
            case "name": reference.name = try reader.string()
            default: try reader.skip()
            }
        }
        guard !reference.isEmpty else { throw reader.error("neither name nor id") }
        return reference
    }
}
