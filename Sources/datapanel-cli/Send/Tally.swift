// SPDX-License-Identifier: Apache-2.0

/// What a run counts. Every object that it met is in exactly one of `stored`, `failed`, `bad`,
/// `skipped`, `unsent` and `kept` in the end.
struct Tally: Equatable {
    var stored = 0
    /// Of the stored ones.
    var possibleDuplicates = 0
    var failed = 0
    /// Of the failed and the unsent ones.
    var perhapsStored = 0
    /// Texts that are no objects.
    var bad = 0
    /// An earlier run settled them.
    var skipped = 0
    /// Taken, but without an outcome when the run was ended.
    var unsent = 0
    /// The same, and they wait in the spool for a run to come.
    var kept = 0
    /// Those of the stored and the failed ones that an earlier run had left in the spool.
    var recovered = 0
    /// Files that could not be read to their end.
    var unreadable = 0
    /// The input was not read to its end, because the run was told to stop or gave up.
    var isCutShort = false

    var exitStatus: SendExit {
        let hasTrouble = failed + bad + unsent + kept + unreadable > 0 || isCutShort
        guard hasTrouble else { return .allStored }
        return stored == 0 && failed + unsent + kept > 0 ? .nothingSent : .someFailed
    }
}

/// What `datapanel send` exits with.
enum SendExit: Int32 {
    case allStored = 0
    case someFailed = 1
    case usage = 2
    case nothingSent = 3
}
