// SPDX-License-Identifier: Apache-2.0

/// A data class to be added or renamed: `{"id":"…","name":"…","business_code":"…"}`.
struct DataClassBody: Equatable {
    private(set) var dataclass: DataClass
    /// Nil for the workspace that the emulator was started with.
    private(set) var workspace: String?

    init(_ bytes: [UInt8]) throws(JSONError) {
        var (id, name, businessCode, description) = ("", "", String?.none, "")
        var workspace: String?
        var reader = JSONReader(bytes)
        try reader.object { reader, member throws(JSONError) in
            switch member {
            case "id": id = try reader.string()
            case "name": name = try reader.string()
            case "business_code": businessCode = try reader.string()
            case "description": description = try reader.string()
            case "workspace": workspace = try reader.string()
            default: throw reader.error("no data class has a member \(member)")
            }
        }
        try reader.end()
        guard !id.isEmpty, !name.isEmpty else {
            throw JSONError(offset: 0, reason: "a data class needs an id and a name")
        }
        dataclass = DataClass(
            id: id, name: name, businessCode: businessCode, description: description)
        self.workspace = workspace
    }
}

/// How far the emulator's clock is to be ahead: `{"offset_seconds":901}`.
struct ClockBody: Equatable {
    static let range = -1_000_000_000...1_000_000_000

    private(set) var offsetSeconds = 0

    init(_ bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes)
        try reader.object { reader, name throws(JSONError) in
            guard name == "offset_seconds" else { throw reader.error("no clock has a \(name)") }
            offsetSeconds = try reader.integer()
            guard Self.range ~= offsetSeconds else { throw reader.error("too far off") }
        }
        try reader.end()
    }
}
