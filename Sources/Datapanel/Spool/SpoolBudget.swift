// SPDX-License-Identifier: Apache-2.0

/// How many files all logs of a spool have, and may have.
///
/// Guarded by: what guards the logs.
final class SpoolBudget {
    let most: Int
    var files = 0

    init(most: Int) {
        self.most = most
    }

    var hasRoom: Bool { files < most }
}
