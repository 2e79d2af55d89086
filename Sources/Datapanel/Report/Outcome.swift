// SPDX-License-Identifier: Apache-2.0

/// What came of a submission as a whole.
package struct Outcome {
    package var code = Code.ok
    package var stored = Stored.no
    /// One sentence; nil when all is well.
    package var message: Text?
    package var serverCode: Text?
    package var requestId: Text?
    package var httpStatus: Int32 = 0
    package var attempts: UInt32 = 0
    /// Microseconds of Unix time.
    package var finishedAt: Int64 = 0

    /// Whether the reply names ids: for all objects, or for some.
    var hasIds: Bool { code == .ok || code == .replyItem }
}

/// What came of one object. The pointers live as long as the `Reports` or the `Settlement` that
/// they come from.
package struct Report {
    package var code: Code
    package var stored: Stored
    package var ticket: UInt64
    /// Microseconds of Unix time.
    package var queuedAt: Int64
    package var flags: UInt32 = 0
    package var opaque: UnsafeMutableRawPointer?
    package var id: UnsafePointer<CChar>?
    package var eventId: UnsafePointer<CChar>?
    package var message: UnsafePointer<CChar>?
    package var payload: UnsafeRawBufferPointer?

    init(code: Code, stored: Stored, ticket: UInt64, queuedAt: Int64) {
        self.code = code
        self.stored = stored
        self.ticket = ticket
        self.queuedAt = queuedAt
    }
}
