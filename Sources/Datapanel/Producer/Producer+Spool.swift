// SPDX-License-Identifier: Apache-2.0

/// What a spool asks of those who hand objects over.
extension Producer {
    /// How long the end of a producer waits for the disk, in milliseconds, however little time it
    /// was given.
    static let syncTime: Int64 = 150

    /// With spool.sync = always an object is taken once it is on the disk, and not before. The
    /// disk is waited for as long as it takes: nobody could tell what became of the object.
    func confirmed(
        _ take: (Confirmation?) throws(DatapanelError) -> UInt64
    ) throws(DatapanelError) -> UInt64 {
        guard let spool, spool.policy == .always else { return try take(nil) }
        let confirmation = Confirmation()
        let ticket = try take(confirmation)
        try confirm(confirmation, spool) { _ in }
        return ticket
    }

    /// The same for many objects, of which the disk is asked for some at once. `take` gives nil at
    /// their end.
    func confirmedMany(
        _ taken: (UInt64) -> Void, _ take: (Confirmation?) throws(DatapanelError) -> UInt64?
    ) throws(DatapanelError) {
        guard let spool, spool.policy == .always else {
            while let ticket = try take(nil) { taken(ticket) }
            return
        }
        var isOver = false
        while !isOver {
            let confirmation = Confirmation()
            do throws(DatapanelError) {
                while !confirmation.isFull && !isOver { isOver = try take(confirmation) == nil }
            } catch {
                try confirm(confirmation, spool, taken)
                throw error
            }
            try confirm(confirmation, spool, taken)
        }
    }

    private func confirm(
        _ confirmation: Confirmation, _ spool: Spool, _ taken: (UInt64) -> Void
    ) throws(DatapanelError) {
        guard let log = confirmation.log else { return }
        monitor.with { _ in spool.want() }
        _ = monitor.wait(for: spool.synced, until: .max / 2) { _, _ in
            confirmation.isOver ? true : nil
        }
        let isRefused = monitor.with { state in
            log.remove(confirmation)
            for entry in confirmation.refused { state.refuse(entry, log) }
            return !confirmation.refused.isEmpty
        }
        worker.wakeUp()
        for entry in confirmation.entries { taken(entry.ticket) }
        if isRefused {
            throw spool.unsynced
        }
    }

    /// Writes to the log what there is to be said of the spool.
    func tellOfSpool() {
        guard let spool else { return }
        let (notices, log) = monitor.with { state in (spool.takeNotices(), state.config.log) }
        for notice in notices { log.write(notice.level, .spool) { notice.text } }
    }
}

extension Spool {
    /// What stands in the file of dead letters has its outcome: a person may send it again from
    /// there, so this must not.
    func settle(lettersIn config: Config) throws(DatapanelError) {
        guard backlogObjects > 0, let path = config.text(.deadLetterPath) else { return }
        let isComplete = try DeadLetterTickets.forEach(in: path, spool: folder.id) { settle($0) }
        if counters.settled > 0 {
            notice(
                .information,
                "\(counters.settled) objects of a former process stand in dead_letter.path already")
        }
        if !isComplete {
            notice(
                .warning,
                """
                not all of \(TextFile.shown(path)) could be read: objects of a former process that \
                failed may be sent once more
                """)
        }
    }
}
