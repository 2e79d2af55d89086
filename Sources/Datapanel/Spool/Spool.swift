// SPDX-License-Identifier: Apache-2.0
import CPosix

/// What a producer keeps on disk: a log for each target, in a folder that it has to itself.
///
/// Guarded by: the producer's monitor.
final class Spool: @unchecked Sendable {
    /// When `send` returns, and what a loss of power may take.
    enum Policy: Int64 {
        /// What was written in the last moment.
        case interval
        /// Nothing that was taken.
        case always
        /// Whatever the system had not written yet.
        case none
    }

    let policy: Policy
    let folder: SpoolFolder
    private(set) var logs: [TargetLog] = []
    /// The highest number of a former process.
    private(set) var recoveredNumber: UInt64 = 0
    var schedule: SyncSchedule
    /// For whoever syncs: there is something to do.
    let wanted = Condition()
    /// For those who wait until that was done.
    let synced = Condition()
    private(set) var isClosed = false
    /// What the log is to be told once no lock is held.
    private var notices: [Notice] = []
    var counters = Counters()

    private let budget: SpoolBudget
    private let segmentBytes: Int

    struct Notice {
        let level: Log.Level
        let text: Text
    }

    struct Counters {
        var recovered = 0
        var settled = 0
        var damaged = 0
        var syncs = 0
        var failures = 0
    }

    static let segmentBytes = 16 << 20
    /// No number that a loss of power took is given again: those lie between.
    private static let leap: UInt64 = 1 << 32
    private static let noticesMax = 16

    static func make(_ config: Config) throws(DatapanelError) -> Spool? {
        guard let path = config.text(.spoolPath) else { return nil }
        return try Spool(
            path, Policy(rawValue: config.number(.spoolSync)) ?? .interval,
            interval: config.number(.spoolInterval), bytes: config.number(.spoolBytes))
    }

    init(
        _ path: Text, _ policy: Policy, interval: Int64, bytes: Int64,
        segmentBytes: Int = Spool.segmentBytes
    ) throws(DatapanelError) {
        self.policy = policy
        self.segmentBytes = segmentBytes
        schedule = SyncSchedule(interval: interval)
        budget = SpoolBudget(most: max(2, Int(truncatingIfNeeded: bytes) / segmentBytes))
        folder = try SpoolFolder(path)
        do throws(DatapanelError) {
            for target in try folder.targets() { _ = try open(target) }
            if folder.lostPower { try suspectAll() }
            try folder.noteUse()
            tellOfRecovered()
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    // MARK: opening

    /// The log of a target, whose objects of a former process are its backlog.
    func open(_ target: Text) throws(DatapanelError) -> TargetLog {
        if let known = logs.first(where: { $0.name.equals(target.bytes) }) { return known }
        var log = SpoolLog(
            try folder.disk(for: target), segmentBytes: segmentBytes, budget: budget,
            dice: Random.number)
        var isNewer = false
        do throws(SpoolFault) {
            isNewer = try !log.open(lostPower: folder.lostPower) { note($0, of: target) }
        } catch {
            log.close()
            throw error.error(folder.path)
        }
        if isNewer {
            log.close()
            throw DatapanelError(
                .spool,
                """
                the spool \(TextFile.shown(folder.path)) was written by a newer library; use that, \
                or give this one another folder
                """)
        }
        recoveredNumber = max(recoveredNumber, log.lastNumber)
        let count = log.live
        counters.recovered += count
        let bytes = log.segments.reduce(0) { $0 + $1.liveBytes }
        let found = TargetLog(target, log)
        found.backlog.add(recovered: count, bytes: bytes)
        logs.append(found)
        return found
    }

    /// Before it is noted that this was found out: else one that is killed now would leave no
    /// trace of it.
    private func suspectAll() throws(DatapanelError) {
        do throws(SpoolFault) {
            for log in logs { try log.suspectAll() }
        } catch {
            throw error.error(folder.path)
        }
        if recoveredNumber > 0 { recoveredNumber += Self.leap }
    }

    private func tellOfRecovered() {
        guard counters.recovered > 0 else { return }
        // The former process may not have come to it, and with `always` they go no sooner.
        _ = schedule.wrote(now: Clock.monotonic())
        schedule.want()
        notice(
            .information,
            """
            the spool \(TextFile.shown(folder.path)) has \(Int64(counters.recovered)) objects of a \
            former process; they go first
            """)
    }

    private func note(_ finding: SpoolLog<FolderDisk>.Finding, of target: Text) {
        let target = Excerpt.of(target.bytes, limit: 80)
        if case .torn(let segment, let range) = finding {
            return notice(
                .warning,
                """
                the last \(range.count) bytes of segment \(Int64(segment)) of \(target) are not \
                whole, as when a process is killed while it writes; what was being handed over \
                then was not taken
                """)
        }
        counters.damaged += 1
        switch finding {
        case .damage(let segment, let range):
            notice(
                .warning,
                """
                the spool is damaged: \(range.count) bytes of segment \(Int64(segment)) of \
                \(target) are passed over
                """)
        case .unreadable(let segment):
            notice(
                .warning,
                """
                the spool is damaged: segment \(Int64(segment)) of \(target) cannot be read, and \
                stays as it is
                """)
        case .torn, .version:
            break
        }
    }

    /// A former process's object has its outcome, though that process did not come to note it.
    func settle(_ number: UInt64) {
        for log in logs {
            do throws(SpoolFault) {
                guard try log.settle(number) else { continue }
            } catch {
                fail(error, "after a restart objects may be sent once more")
            }
            counters.settled += 1
        }
    }

    // MARK: writing

    /// Where the first of the objects stands now; nil when there is no room for them.
    func take(
        _ log: TargetLog, _ first: UInt64, _ objects: UnsafeBufferPointer<SpoolObject>, now: Int64
    ) throws(DatapanelError) -> SpoolLog<FolderDisk>.Place? {
        do throws(SpoolFault) {
            if log.isGone { throw SpoolFault(action: "find", reason: ENOENT) }
            let place = try log.log.take(first, objects)
            wrote(now: now)
            return place
        } catch {
            if !isGone(log, error) { counters.failures += 1 }
            throw error.error(folder.path)
        }
    }

    /// Before its objects are sent for the first time. false: not now.
    func begin(_ batch: Batch, _ log: TargetLog, now: Int64) -> Bool {
        if batch.isBegun { return true }
        do throws(SpoolFault) {
            try log.begin(batch)
        } catch {
            if !isGone(log, error) {
                fail(error, "objects wait until it can")
                return false
            }
        }
        batch.isBegun = true
        wrote(now: now)
        return true
    }

    func finish(_ batch: Batch, _ log: TargetLog, now: Int64) {
        do throws(SpoolFault) {
            try log.finish(batch)
        } catch {
            if !isGone(log, error) {
                fail(error, "after a restart objects may be sent once more")
            }
        }
        wrote(now: now)
    }

    private func wrote(now: Int64) {
        if policy != .none && schedule.wrote(now: now) { wanted.announce() }
    }

    /// Whether a fault means that the folder of a target was removed, and with it all that a note
    /// could be about. The log tells it once.
    private func isGone(_ log: TargetLog, _ fault: SpoolFault) -> Bool {
        guard fault.reason == ENOENT else { return false }
        if log.isGone { return true }
        log.isGone = true
        fail(fault, "what was taken is sent, and no more is taken")
        return true
    }

    func fail(_ fault: SpoolFault, _ consequence: StaticString) {
        counters.failures += 1
        notice(.error, "\(fault.error(folder.path).message); \(consequence)")
    }

    // MARK: syncing

    struct Sync {
        let log: TargetLog
        let syncs: [SpoolLog<FolderDisk>.Sync]
        let number: UInt64
    }

    func syncs() -> [Sync] {
        logs.map { Sync(log: $0, syncs: $0.log.syncs(), number: $0.log.lastNumber) }
    }

    /// Takes note of what came of it; says whether all is on the disk.
    func synced(_ syncs: [Sync], failed: [Int32], now: Int64) -> Bool {
        var isDone = true
        for sync in syncs {
            do throws(SpoolFault) {
                try sync.log.log.synced(sync.syncs, through: sync.number) {
                    !failed.contains($0.file)
                }
            } catch {
                isDone = false
                if !isGone(sync.log, error) {
                    fail(error, "a loss of power may take what was written")
                }
                schedule.failed(now: now)
                if policy == .always { sync.log.refuseUnsynced() }
            }
        }
        counters.syncs += 1
        synced.announce()
        return isDone
    }

    /// Somebody waits for it.
    func want() {
        schedule.want()
        wanted.announce()
    }

    var unsynced: DatapanelError {
        DatapanelError(
            .spool,
            """
            the spool \(TextFile.shown(folder.path)) cannot be synced, so the object was not \
            taken; the log tells why
            """)
    }

    // MARK: the end

    func end() {
        schedule.end()
        wanted.announce()
    }

    func close() {
        if isClosed { return }
        isClosed = true
        for log in logs { log.log.close() }
        folder.close()
        synced.announce()
    }

    // MARK: what is known of it

    var backlogObjects: Int { logs.reduce(0) { $0 + $1.backlog.objects } }

    var backlogBytes: Int { logs.reduce(0) { $0 + $1.backlog.bytes } }

    var fileBytes: Int { budget.files * segmentBytes }

    func notice(_ level: Log.Level, _ text: Text) {
        if notices.count < Self.noticesMax { notices.append(Notice(level: level, text: text)) }
    }

    func takeNotices() -> [Notice] {
        if notices.isEmpty { return [] }
        defer { notices = [] }
        return notices
    }
}
