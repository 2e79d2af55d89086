// SPDX-License-Identifier: Apache-2.0

/// One line of the head of a request or a reply.
public struct Header: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether a fault may send it: it fits on one line, and it leaves the length of the body to
    /// the emulator.
    var isSendable: Bool {
        let token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz".utf8
        let lowercase = name.lowercased()
        return !name.isEmpty && lowercase.utf8.allSatisfy(token.contains)
            && !value.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 }
            && lowercase != "content-length" && lowercase != "transfer-encoding"
    }
}
