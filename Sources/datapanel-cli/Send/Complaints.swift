// SPDX-License-Identifier: Apache-2.0

/// Tells a person what went wrong, and bounds how much of it: a million lines say no more than the
/// first hundred.
final class Complaints {
    private let write: (String) -> Void
    private var badCount = 0
    private var failedCount = 0
    private static let badLimit = 100
    private static let failedLimit = 20

    init(_ write: @escaping (String) -> Void) {
        self.write = write
    }

    func bad(_ text: String) {
        badCount += 1
        if badCount <= Self.badLimit { write(text) }
        if badCount == Self.badLimit {
            write("more of these are only counted; --dead-letter FILE keeps them")
        }
    }

    func failed(_ place: String, _ code: String, _ message: String) {
        failedCount += 1
        if failedCount <= Self.failedLimit { write("\(place): \(code): \(message)") }
        if failedCount == Self.failedLimit {
            write("more failures are only counted; --dead-letter FILE keeps them")
        }
    }
}
