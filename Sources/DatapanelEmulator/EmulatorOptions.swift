// SPDX-License-Identifier: Apache-2.0

extension Emulator {
    /// Where an emulator listens, what it keeps, and whom it lets in.
    public struct Options: Sendable {
        public var host = "127.0.0.1"
        /// 0 takes a free one.
        public var port = 0
        /// The SQLite file that keeps the objects; nil keeps them in memory.
        public var database: String?
        public var project = "0123456789abcdef0123456789abcdef"
        public var workspace = "6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11"
        public var workspaceName = "demo"
        public var dataclasses = DataClass.builtIn
        public var token = "emulator-token"
        /// The only name that the list of objects may have; nil allows both.
        public var listField: ListField?
        /// How many of the last requests to the service `requests` remembers.
        public var recordedRequests = 0
        /// How long `stop` waits for the requests under way.
        public var stopMilliseconds = 5_000

        public init() {}

        func dataclass(id: String) -> DataClass? {
            dataclasses.first { $0.id == id }
        }
    }

    /// What the service's documents call the list of objects in a batch-create body.
    public enum ListField: String, Sendable, CaseIterable {
        case dataObject = "data_object"
        case dataObjectList = "data_object_list"
    }
}

/// Why an emulator cannot start, and what to do about it.
public struct EmulatorError: Error, Equatable, CustomStringConvertible {
    public var description: String
}
