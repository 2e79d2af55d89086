// SPDX-License-Identifier: Apache-2.0

/// What a spool asks of those who hand objects over.
extension Producer {
    /// How long the end of a producer waits for the disk, in milliseconds, however little time it
    /// was given.
    static let syncTime: Int64 = 150

    func send(
        _ spool: Spool, _ target: UnsafeRawBufferPointer, _ object: UnsafeRawBufferPointer,
        _ opaque: UnsafeMutableRawPointer?, _ ticks: Int64, until deadline: Int64
    ) throws(DatapanelError) -> UInt64 {
        let confirmation = spool.policy == .always ? Confirmation() : nil
        let ticket = try take(
            spool, target, object, opaque, ticks, until: deadline, confirmation)
        if let confirmation { try confirm(confirmation, spool) { _ in } }
        return ticket
    }

    /// With spool.sync = always the disk is asked for many at once.
    func sendMany(
        _ spool: Spool, _ target: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer,
        _ opaque: UnsafeMutableRawPointer?, until deadline: Int64, _ taken: (UInt64) -> Void
    ) throws(DatapanelError) {
        var objects = ObjectSequence(text)
        var group = SpoolGroup()
        var isOver = false
        while !isOver {
            let confirmation = spool.policy == .always ? Confirmation() : nil
            do throws(DatapanelError) {
                repeat {
                    isOver = try takeSome(
                        spool, target, &objects, of: text, opaque, until: deadline, &group,
                        confirmation
                    ) { if confirmation == nil { taken($0) } }
                } while !isOver && confirmation?.isFull != true
            } catch {
                if let confirmation { try confirm(confirmation, spool, taken) }
                throw error
            }
            if let confirmation { try confirm(confirmation, spool, taken) }
        }
    }

    /// Takes a group, written at once. Says whether it was the last.
    private func takeSome(
        _ spool: Spool, _ target: UnsafeRawBufferPointer, _ objects: inout ObjectSequence,
        of text: UnsafeRawBufferPointer, _ opaque: UnsafeMutableRawPointer?,
        until deadline: Int64, _ group: inout SpoolGroup, _ confirmation: Confirmation?,
        _ taken: (UInt64) -> Void
    ) throws(DatapanelError) -> Bool {
        var flaw: DatapanelError?
        group.start()
        do throws(DatapanelError) {
            while !group.isFull, let object = try next(&objects, of: text) {
                group.add(object, opaque)
            }
        } catch {
            flaw = error
        }
        let isOver = !group.isFull
        if let last = try take(spool, target, group, confirmation) {
            for back in (0..<UInt64(group.objects.count)).reversed() { taken(last - back) }
        } else {
            for object in group.objects {
                taken(
                    try take(
                        spool, target, object.text, opaque, object.ticks, until: deadline,
                        confirmation))
            }
        }
        if let flaw { throw flaw }
        return isOver
    }

    /// The last ticket; nil where there is no room for all of them.
    private func take(
        _ spool: Spool, _ target: UnsafeRawBufferPointer, _ group: SpoolGroup,
        _ confirmation: Confirmation?
    ) throws(DatapanelError) -> UInt64? {
        if group.objects.isEmpty { return nil }
        let taken = try monitor.with { state throws(DatapanelError) in
            let index = try state.target(named: target)
            return try group.objects.withUnsafeBufferPointer { objects throws(DatapanelError) in
                try state.take(
                    objects, for: index, spool, now: Clock.monotonic(), confirmation)
            }
        }
        if taken?.wakes == true { worker.wakeUp() }
        return taken?.ticket
    }

    private func take(
        _ spool: Spool, _ target: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer,
        _ opaque: UnsafeMutableRawPointer?, _ ticks: Int64, until deadline: Int64,
        _ confirmation: Confirmation?
    ) throws(DatapanelError) -> UInt64 {
        // While nobody waits for it.
        let checksum = Checksum.of(text)
        return try take(ticks, until: deadline) { state, now throws(DatapanelError) in
            let index = try state.target(named: target)
            let object = SpoolObject(
                queuedAt: ticks + state.unixOffset(of: index), ticks: ticks, opaque: opaque,
                text: text, checksum: checksum)
            return try withUnsafePointer(to: object) { object throws(DatapanelError) in
                try state.take(
                    UnsafeBufferPointer(start: object, count: 1), for: index, spool, now: now,
                    confirmation)
            }
        }
    }

    /// With spool.sync = always an object is taken once it is on the disk, and not before. The
    /// disk is waited for as long as it takes: nobody could tell what became of the object.
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
