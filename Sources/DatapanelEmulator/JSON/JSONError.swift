// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the JSON that was expected, and where: "at byte 19: expected ':'".
struct JSONError: Error, Equatable, CustomStringConvertible {
    var offset: Int
    var reason: String

    var description: String { "at byte \(offset): \(reason)" }
}
