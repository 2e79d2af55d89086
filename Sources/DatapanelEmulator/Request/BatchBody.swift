// SPDX-License-Identifier: Apache-2.0

/// What the emulator needs of a batch-create body: where each object stands in it.
struct BatchBody: Equatable {
    /// The bytes of each object: all that stands between the brackets and commas around it, white
    /// space included. So what a client splices in comes back exactly as it was.
    var objects: [Range<Int>] = []

    /// `list` is the one name that the list may have; nil allows both.
    init(_ bytes: [UInt8], list: Emulator.ListField? = nil) throws(JSONError) {
        var reader = JSONReader(bytes)
        var found = false
        try reader.object { reader, name throws(JSONError) in
            if let field = Emulator.ListField(rawValue: name), field == list ?? field {
                guard !found else { throw reader.error("a second list of objects, \(name)") }
                found = true
                objects = try Self.objects(of: name, in: &reader)
            } else {
                try Self.skipMember(name, in: &reader)
            }
        }
        try reader.end()
    }

    private static func objects(
        of name: String, in reader: inout JSONReader
    ) throws(JSONError) -> [Range<Int>] {
        guard reader.kind() == .array else { throw reader.error("\(name) must be an array") }
        var objects: [Range<Int>] = []
        try reader.array { reader throws(JSONError) in
            let start = reader.position
            guard reader.kind() == .object else {
                throw reader.error("\(name)[\(objects.count)] must be an object")
            }
            try reader.skip()
            reader.skipWhitespace()
            objects.append(start..<reader.position)
        }
        return objects
    }

    /// The other members are only held to their types; one that is not known is ignored.
    private static func skipMember(
        _ name: String, in reader: inout JSONReader
    ) throws(JSONError) {
        let kind = reader.kind()
        switch name {
        case "format_version":
            let start = reader.position
            guard kind == .number, Int32(exactly: try reader.integer()) != nil else {
                throw JSONError(
                    offset: start, reason: "format_version must be an integer of 32 bits")
            }
        case "trigger_flag":
            guard kind == .boolean else { throw reader.error("trigger_flag must be true or false") }
            try reader.skip()
        case "name", "type", "id":
            guard kind == .string else { throw reader.error("\(name) must be a string") }
            try reader.skip()
        default:
            try reader.skip()
        }
    }
}
