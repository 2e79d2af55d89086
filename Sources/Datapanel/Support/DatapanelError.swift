// SPDX-License-Identifier: Apache-2.0

/// Why a call failed: a code to branch on, one sentence for a person, and details by name.
package final class DatapanelError: Error, @unchecked Sendable {
    package let code: Code
    /// What was attempted, what came of it and what to do. Bounded, and never holds a secret.
    package let message: Text
    package let details: [Detail]

    package typealias Detail = (field: Field, value: Text)

    /// Never inlined, as there is a call of it for each reason to fail.
    @inline(never)
    package convenience init(_ code: Code, _ message: Text) {
        self.init(code, message, [])
    }

    private init(_ code: Code, _ message: Text, _ details: [Detail]) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// The details an error can carry. Their names are part of the C contract.
    package enum Field: Sendable {
        case httpStatus, serverCode, serverMessage, requestId, stored, attempts, retryAfter
        case curl, offset, key, reply

        package var name: StaticString {
            switch self {
            case .httpStatus: "http_status"
            case .serverCode: "server_code"
            case .serverMessage: "server_message"
            case .requestId: "request_id"
            case .stored: "stored"
            case .attempts: "attempts"
            case .retryAfter: "retry_after_ms"
            case .curl: "curl"
            case .offset: "offset"
            case .key: "key"
            case .reply: "reply"
            }
        }
    }

    package func with(_ field: Field, _ value: Text?) -> DatapanelError {
        guard let value, value.count > 0 else { return self }
        return DatapanelError(code, message, details + [(field, value)])
    }

    /// The same once more for a call that made no attempt of its own.
    func again(_ message: Text) -> DatapanelError {
        DatapanelError(code, message, details.filter { $0.field != .attempts })
    }

    package subscript(_ field: Field) -> Text? {
        for detail in details where detail.field == field { return detail.value }
        return nil
    }

    package static func noMemory(_ purpose: StaticString) -> DatapanelError {
        DatapanelError(.noMemory, "out of memory for \(purpose); free some and call again")
    }
}
