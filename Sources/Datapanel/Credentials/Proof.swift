// SPDX-License-Identifier: Apache-2.0

/// What shows who sends a call.
package enum Proof: Sendable {
    /// An IAM token, which goes with the call.
    case token(Text)
    /// Keys, with which the call is signed.
    case key(AccessKey)

    var token: Text? {
        if case .token(let token) = self { return token }
        return nil
    }

    /// Whoever is given one for a time has it renewed so long before its end, or a tenth of its
    /// life if that is less. In milliseconds.
    var renewalMargin: Int64 {
        switch self {
        case .token: 300_000
        // As the vendor's own SDK does.
        case .key: 2_400_000
        }
    }
}
