// SPDX-License-Identifier: Apache-2.0

extension Emulator {
    /// What an emulator has seen since it started or was cleared. Its own routes do not count.
    public struct Stats: Sendable, Equatable {
        /// Requests whose head was read.
        public var requests = 0
        /// Objects in the store.
        public var objects = 0
        /// Connections that carried at least one request.
        public var connections = 0
        /// Replies, by status.
        public var byStatus: [Int: Int] = [:]
        /// Requests for a token of IAM that got one.
        public var goodTokenRequests = 0
        /// Requests for a token that got another reply.
        public var refusedTokenRequests = 0

        public init() {}

        mutating func count(_ status: Int, forToken: Bool) {
            byStatus[status, default: 0] += 1
            if forToken, status == 201 { goodTokenRequests += 1 }
            if forToken, status != 201 { refusedTokenRequests += 1 }
        }

        var json: JSONWriter {
            var json = JSONWriter()
            json.raw(#"{"requests":"#)
            json.integer(requests)
            json.raw(#","objects":"#)
            json.integer(objects)
            json.raw(#","connections":"#)
            json.integer(connections)
            json.raw(#","by_status":"#)
            json.separated("{", byStatus.sorted { $0.key < $1.key }, "}") { json, row in
                json.string(String(row.key))
                json.raw(":")
                json.integer(row.value)
            }
            json.raw(#","token_requests":"#)
            json.object([
                "good": .integer(goodTokenRequests), "refused": .integer(refusedTokenRequests),
            ])
            json.raw("}")
            return json
        }
    }

    /// A request to the service, as it came in.
    public struct RecordedRequest: Sendable, Equatable {
        public var method: String
        public var target: String
        /// In the order and the spelling they were sent in.
        public var headers: [Header]
        public var body: [UInt8]

        /// The first header of that name, whatever its case.
        public func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }
}
