// SPDX-License-Identifier: Apache-2.0

/// A project of the emulated account. That of a region has the region's name.
public struct Project: Sendable, Hashable {
    public var id: String
    public var name: String

    public init(id: String, name: String) {
        self.id = id
        self.name = name
    }

    /// Two of one name, as sub-projects and delegated ones can be.
    static let twins = [
        Project(id: "2a7c9d10e4b84f6fa1d3c5e7092b4d68", name: "twin"),
        Project(id: "8e1f3b5c7d9a4c2e8b60f2a4c6d8e0b1", name: "twin"),
    ]
}
