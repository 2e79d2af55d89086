// SPDX-License-Identifier: Apache-2.0
import CPosix

/// The thread that has the disk keep a spool, and closes it in the end. A disk may take long for
/// that: nobody else waits for it but those who want to.
///
/// Runs on: its own thread.
final class SpoolSyncer: @unchecked Sendable {
    private let monitor: Monitor<ProducerState>
    private let spool: Spool
    private let worker: Worker
    /// It looks by itself once a day, which costs nothing.
    private static let idle: Int64 = 86_400_000

    init(_ monitor: Monitor<ProducerState>, _ spool: Spool, _ worker: Worker) {
        self.monitor = monitor
        self.spool = spool
        self.worker = worker
    }

    func run() {
        dpx_name_thread("datapanel-sync")
        var sleepsUntil = Clock.monotonic() + Self.idle
        while true {
            let step = monitor.wait(for: spool.wanted, until: sleepsUntil) {
                _, now -> SyncSchedule.Step? in
                let step = spool.schedule.step(now: now)
                // Nothing new: it sleeps on.
                if case .sleep(let time) = step, time >= sleepsUntil { return nil }
                return step
            }
            switch step {
            case .sleep(let time): sleepsUntil = time
            case nil: sleepsUntil = Clock.monotonic() + Self.idle
            case .sync:
                let isDone = sync()
                if monitor.with({ _ in spool.schedule.isEnding }) { return end(isDone) }
                sleepsUntil = Clock.monotonic() + Self.idle
                // What was not read because it might have been lost.
                worker.wakeUp()
            }
        }
    }

    private func sync() -> Bool {
        let syncs = monitor.with { _ in spool.syncs() }
        var failed: [Int32] = []
        for sync in syncs {
            for part in sync.syncs where part.file >= 0 {
                do throws(SpoolFault) {
                    try FolderDisk.sync(part.file)
                } catch {
                    failed.append(part.file)
                }
            }
        }
        let (isDone, notices, log) = monitor.with { state in
            let isDone = spool.synced(syncs, failed: failed, now: Clock.monotonic())
            return (isDone, spool.takeNotices(), state.config.log)
        }
        for notice in notices { log.write(notice.level, .spool) { notice.text } }
        return isDone
    }

    private func end(_ isDone: Bool) {
        if isDone && spool.policy != .none {
            do throws(DatapanelError) {
                try spool.folder.noteClosed()
            } catch {
                let log = monitor.with { $0.config.log }
                log.write(.warning, .spool) { error.message }
            }
        }
        monitor.with { _ in spool.close() }
    }
}
