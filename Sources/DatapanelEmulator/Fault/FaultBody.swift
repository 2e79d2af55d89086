// SPDX-License-Identifier: Apache-2.0

/// Faults as the admin route takes them: one JSON object, or an array of them.
struct FaultBody {
    private(set) var faults: [Fault] = []

    init(_ bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes)
        if reader.kind() == .array {
            try reader.array { reader throws(JSONError) in faults.append(try Draft(&reader).fault())
            }
        } else {
            faults = [try Draft(&reader).fault()]
        }
        try reader.end()
    }

    /// The members of one fault as they were given, before it is known that they go together.
    private struct Draft {
        private let start: Int
        private var times: Int?
        private var skip: Int?
        private var path: String?
        private var delayMilliseconds: Int?
        private var status: Int?
        private var headers: [Header]?
        private var body: String?
        private var store: Bool?
        private var drop: Fault.Moment?
        private var how: Fault.Ending?
        private var truncate: Int?
        private var ids: Int?
        private var stall: Bool?

        init(_ reader: inout JSONReader) throws(JSONError) {
            guard reader.kind() == .object else { throw reader.error("a fault must be an object") }
            start = reader.position
            try reader.object { reader, name throws(JSONError) in
                switch name {
                case "times": times = try Self.count(name, &reader)
                case "skip": skip = try Self.count(name, &reader)
                case "path": path = try reader.string()
                case "delay_ms": delayMilliseconds = try Self.count(name, &reader)
                case "status": status = try Self.count(name, in: 200...599, &reader)
                case "headers": headers = try Self.headers(&reader)
                case "body": body = try reader.string()
                case "store": store = try reader.boolean()
                case "drop": drop = try Self.choice(name, &reader)
                case "how": how = try Self.choice(name, &reader)
                case "truncate": truncate = try Self.count(name, &reader)
                case "ids": ids = try Self.count(name, &reader)
                case "stall": stall = try reader.boolean()
                default: throw reader.error("no fault has a member \(name)")
                }
            }
        }

        func fault() throws(JSONError) -> Fault {
            Fault(
                try effect(), times: times ?? 1, skip: skip ?? 0, path: path,
                delayMilliseconds: delayMilliseconds ?? 0)
        }

        private func effect() throws(JSONError) -> Fault.Effect {
            var effects: [Fault.Effect] = []
            if let status {
                effects.append(
                    .reply(
                        status: status, headers: headers ?? [], body: body, stores: store ?? false))
            } else if headers != nil || body != nil {
                throw refuse("headers and body go with a status")
            }
            if let drop {
                effects.append(.drop(drop, how ?? .close))
            } else if how != nil {
                throw refuse("how goes with drop")
            }
            if let truncate { effects.append(.truncate(bytes: truncate)) }
            if let ids { effects.append(.ids(count: ids)) }
            if stall == true { effects.append(.stall(stores: store ?? false)) }
            if store != nil, status == nil, stall != true {
                throw refuse("store goes with a status or stall")
            }
            guard effects.count <= 1 else {
                throw refuse("a fault has one of status, drop, truncate, ids, stall")
            }
            guard let effect = effects.first ?? delayMilliseconds.map({ _ in .none }) else {
                throw refuse(
                    "a fault needs one of status, drop, truncate, ids, stall, or delay_ms")
            }
            return effect
        }

        private func refuse(_ reason: String) -> JSONError {
            JSONError(offset: start, reason: reason)
        }

        private static func count(
            _ name: String, in range: ClosedRange<Int> = 0...1_000_000_000,
            _ reader: inout JSONReader
        ) throws(JSONError) -> Int {
            let value = try reader.integer()
            guard range ~= value else {
                throw reader.error("\(name) must be \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }

        private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
            _ name: String, _ reader: inout JSONReader
        ) throws(JSONError) -> Choice {
            guard let choice = Choice(rawValue: try reader.string()) else {
                let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                throw reader.error("\(name) must be one of \(choices)")
            }
            return choice
        }

        private static func headers(
            _ reader: inout JSONReader
        ) throws(JSONError) -> [Header] {
            var headers: [Header] = []
            try reader.object { reader, name throws(JSONError) in
                let header = Header(name, try reader.string())
                guard header.isSendable else {
                    throw reader.error("\(name) is no header that a fault can send")
                }
                headers.append(header)
            }
            return headers
        }
    }
}
