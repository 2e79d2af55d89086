// SPDX-License-Identifier: Apache-2.0

/// A data class of the emulated workspace.
public struct DataClass: Sendable, Hashable {
    public var id: String
    public var name: String
    public var businessCode: String
    public var description: String

    public init(id: String, name: String, businessCode: String? = nil, description: String = "") {
        self.id = id
        self.name = name
        self.businessCode = businessCode ?? name
        self.description = description
    }

    public static let alert = DataClass(
        id: "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02", name: "Alert",
        description: "Something that a sensor saw")
    public static let incident = DataClass(
        id: "2d7f0c1e-93b4-4a6d-8f15-7c0e6a9b3d14", name: "Incident",
        description: "Something that people look into")
    public static let indicator = DataClass(
        id: "c48e5a92-0b6f-4d13-a7e8-51f2d3907b6c", name: "Indicator",
        description: "Something to look out for")
    public static let vulnerability = DataClass(
        id: "e07b1d38-6a54-4c9f-b2d1-8f3a5c7e4960", name: "Vulnerability",
        description: "A weakness of a resource")

    public static let builtIn = [alert, incident, indicator, vulnerability]
}
