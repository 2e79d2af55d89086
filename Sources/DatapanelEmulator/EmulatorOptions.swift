// SPDX-License-Identifier: Apache-2.0

extension Emulator {
    /// Where an emulator listens, what it keeps, and whom it lets in.
    public struct Options: Sendable {
        public var host = "127.0.0.1"
        /// 0 takes a free one.
        public var port = 0
        /// The SQLite file that keeps the objects; nil keeps them in memory.
        public var database: String?
        /// The only name that the list of objects may have; nil allows both.
        public var listField: ListField?
        /// How many of the last requests to the service `requests` remembers.
        public var recordedRequests = 0
        /// How long `stop` waits for the requests under way.
        public var stopMilliseconds = 5_000
        /// Hears of each signed request that is refused, and why.
        public var log: (@Sendable (String) -> Void)?

        // MARK: What there is

        public var project = "0123456789abcdef0123456789abcdef"
        /// The project has its name.
        public var region = "ap-southeast-3"
        public var workspace = "6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11"
        public var workspaceName = "demo"
        public var dataclasses = DataClass.builtIn

        // MARK: Whom it lets in

        /// A token that is always good, without asking IAM.
        public var token = "emulator-token"
        public var account = Account()
        public var accessKeys = [AccessKey.permanent, .temporary]
        /// How long the tokens of IAM live.
        public var tokenSeconds = 86_400
        /// How many characters they have.
        public var tokenLength = 2_000
        /// How many requests each is good for; nil for any number.
        public var tokenUses: Int?
        /// How long the keys of the metadata service live.
        public var keySeconds = 86_400
        /// Whether an access key is shut out for five minutes after six wrong signatures in a row.
        public var lockOut = false
        /// How far the emulator's clock is ahead.
        public var clockOffsetSeconds = 0
        /// How many requests a second it takes before it answers with 429; nil for any number.
        public var requestsPerSecond: Int?
        /// What `Retry-After` of these replies says; nil leaves it out.
        public var retryAfterSeconds: Int?

        public init() {}
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
