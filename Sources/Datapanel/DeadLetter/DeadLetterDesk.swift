// SPDX-License-Identifier: Apache-2.0

/// Writes down what failed before anybody is told of it, and says in the log when it cannot.
///
/// Runs on: the producer's thread; once that has ended, on the one that closes the producer.
final class DeadLetterDesk {
    private let file: DeadLetterFile
    private let log: Log
    /// While another process has the file locked.
    private var waiting: [DeadLetters] = []
    private var waitingSince: Int64 = 0
    private var gate = RepeatGate()
    private var droppedBefore = 0

    /// How long somebody may have the file locked, and how often it is tried, in milliseconds.
    private static let patience: Int64 = 30_000
    private static let lastPatience: Int64 = 100
    private static let pause: Int64 = 20

    init(_ file: DeadLetterFile, _ log: Log) {
        self.file = file
        self.log = log
    }

    /// What `config` says; nil for none.
    static func make(_ config: Config, spool: UInt64? = nil) throws(DatapanelError)
        -> DeadLetterDesk?
    {
        guard let path = config.text(.deadLetterPath) else { return nil }
        let file = try DeadLetterFile(path, bytes: config.number(.deadLetterBytes), spool: spool)
        return DeadLetterDesk(file, config.log)
    }

    /// Letters that were dropped to make room.
    var dropped: Int { file.dropped }

    /// When it has to be called again, on the monotonic clock in milliseconds.
    func wakeTime(now: Int64) -> Int64 { waiting.isEmpty ? .max : now + Self.pause }

    /// Writes these, and those that had to wait. Gives those that are done with: they are written
    /// and marked, or cannot be. With `isLast` none has to wait any more.
    func write(_ letters: [DeadLetters], isLast: Bool) -> [Settlement] {
        guard !letters.isEmpty || !waiting.isEmpty else { return [] }
        let now = Clock.monotonic()
        if waiting.isEmpty { waitingSince = now }
        waiting += letters
        let deadline = isLast ? now + Self.lastPatience : waitingSince + Self.patience
        do throws(DatapanelError) {
            while try !file.write(waiting) {
                if Clock.monotonic() >= deadline { throw file.isLocked }
                if !isLast { return [] }
                Clock.sleep(milliseconds: 1)
            }
            _ = gate.recover()
        } catch {
            tell(error)
        }
        tellOfDropped()
        defer { waiting = [] }
        return waiting.map { $0.settlement }
    }

    private func tell(_ error: DatapanelError) {
        var lost = 0
        for letters in waiting where !letters.settlement.isDeadLettered {
            lost += letters.settlement.failureCount
        }
        guard let leftOut = gate.admit(error.code, now: Clock.monotonic()) else { return }
        log.write(.error, .retry) {
            """
            \(error.message); \(lost) failed objects are not in it \
            (\(leftOut) more like this before)
            """
        }
    }

    private func tellOfDropped() {
        let count = file.dropped - droppedBefore
        droppedBefore = file.dropped
        guard count > 0 else { return }
        log.write(.warning, .retry) {
            """
            \(count) dead letters were dropped to make room: \(TextFile.shown(file.path)).3 was \
            the oldest, and dead_letter.bytes is all that they may take
            """
        }
    }
}
