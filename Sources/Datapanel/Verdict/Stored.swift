// SPDX-License-Identifier: Apache-2.0

/// Whether the service could hold an object.
package enum Stored: Sendable {
    /// It does not: sending again is safe.
    case no
    /// Nobody can tell: sending again may duplicate.
    case maybe
    /// It does, and its id is known.
    case yes

    package var name: StaticString {
        switch self {
        case .no: "no"
        case .maybe: "maybe"
        case .yes: "yes"
        }
    }
}
