// SPDX-License-Identifier: Apache-2.0

/// The one user that the emulated IAM knows, and the account that it belongs to. IAM calls an
/// account a domain.
public struct Account: Sendable, Hashable {
    public var user = "emulator-user"
    public var userId = "07d5f1c2a94b4e8f9a3c6b1e2d708f54"
    public var password = "emulator-password"
    public var domain = "emulator-account"
    public var domainId = "5c0a7e3d1b9f48629e4d8a7f6c2b1035"

    public init() {}

    /// Whether somebody who asks for a token may have one.
    func admits(_ asked: TokenBody) -> Bool {
        guard asked.password == password else { return false }
        if let id = asked.user.id { return id == userId }
        return asked.user.name == user && asked.domain.means(id: domainId, name: domain)
    }
}

/// How a request names something: by id or by name, where an id settles it.
struct Reference: Equatable {
    var id: String?
    var name: String?

    var isEmpty: Bool { id == nil && name == nil }
    var text: String { id ?? name ?? "" }

    func means(id: String, name: String) -> Bool {
        if let wanted = self.id { return wanted == id }
        return self.name == name
    }
}
