// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Tells a process from the children that `fork` made of it: a handle remembers the generation it
/// was made in, and finds itself in a child when the number has moved on.
package enum ProcessGeneration {
    nonisolated(unsafe) private static var number = 0
    /// Set up once, before the first handle exists.
    private static let isWatched: Bool =
        pthread_atfork(nil, nil, { ProcessGeneration.number &+= 1 }) == 0

    package static func current() -> Int {
        _ = isWatched
        return number
    }
}
