// SPDX-License-Identifier: Apache-2.0

/// What shows who sends a call.
package enum Proof: Sendable {
    /// An IAM token, which goes with the call.
    case token(Text)
    /// Keys, with which the call is signed.
    case key(AccessKey)
}
