// SPDX-License-Identifier: Apache-2.0

/// A workspace of the emulated project, with the data classes that it has.
public struct Workspace: Sendable, Hashable {
    public var id: String
    public var name: String
    public var dataclasses: [DataClass]

    public init(id: String, name: String, dataclasses: [DataClass] = []) {
        self.id = id
        self.name = name
        self.dataclasses = dataclasses
    }

    /// Those that make looking up a name harder: "crowd" is the last of more than a page of
    /// workspaces whose names hold it, and two are named "twin".
    static let hard =
        (1...120).map { Workspace(id: identifier("a0", $0), name: "crowd-\(padded($0))") }
        + [
            Workspace(id: identifier("a1", 0), name: "crowd", dataclasses: crowd),
            Workspace(id: identifier("a2", 1), name: "twin"),
            Workspace(id: identifier("a2", 2), name: "twin"),
        ]

    /// The same of data classes; the twins of these differ in their business codes.
    private static let crowd =
        (1...120).map {
            DataClass(
                id: identifier("c0", $0), name: "Crowd \(padded($0))",
                businessCode: "CROWD_\(padded($0))")
        }
        + [
            DataClass(id: identifier("c1", 0), name: "Crowd", businessCode: "CROWD"),
            DataClass(id: identifier("c2", 1), name: "Twin", businessCode: "TWIN_1"),
            DataClass(id: identifier("c2", 2), name: "Twin", businessCode: "TWIN_2"),
        ]

    private static func padded(_ number: Int) -> Substring {
        String(number + 1_000).dropFirst()
    }

    private static func identifier(_ kind: String, _ number: Int) -> String {
        "\(kind)5e0d17-3c42-4b8a-9f60-7d1e2c4b5\(padded(number))"
    }
}
