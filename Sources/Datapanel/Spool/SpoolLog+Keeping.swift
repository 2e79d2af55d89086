// SPDX-License-Identifier: Apache-2.0
import CPosix

/// Having the disk keep what was written, and letting go of what is done with.
extension SpoolLog {
    /// What a sync has to do, apart from the log: others may write to it meanwhile.
    struct Sync {
        let segment: SpoolSegment
        /// How far it was written.
        let end: Int
        /// Open until `synced`; -1 where there is no descriptor for it.
        let file: Int32
    }

    /// Segments that hold what a loss of power would take.
    mutating func syncs() -> [Sync] {
        var syncs: [Sync] = []
        for segment in segments where !segment.isSynced {
            let file = segment.isDoubtful ? -1 : (try? disk.hold(segment.file)) ?? -1
            syncs.append(Sync(segment: segment, end: segment.end, file: file))
        }
        return syncs
    }

    /// Takes note of what came of `syncs`, all of them: `isDone` tells of each.
    mutating func synced(
        _ syncs: [Sync], through number: UInt64, _ isDone: (Sync) -> Bool
    ) throws(SpoolFault) {
        var fault: SpoolFault?
        for sync in syncs {
            if sync.file >= 0 {
                disk.close(sync.file)
                if isDone(sync) {
                    sync.segment.syncedEnd = max(sync.segment.syncedEnd, sync.end)
                    continue
                }
            }
            // The kernel may count as written now what is not, and says so only once: to ask again
            // would be answered with a lie.
            sync.segment.isDoubtful = true
            do throws(SpoolFault) { try rewrite(sync.segment) } catch { fault = error }
        }
        if let fault { throw fault }
        syncedNumber = max(syncedNumber, number)
    }

    /// Has all that was written survive a loss of power.
    mutating func sync() throws(SpoolFault) {
        let number = lastNumber
        let pending = syncs()
        var failed: [Int32] = []
        for sync in pending where sync.file >= 0 {
            do throws(SpoolFault) { try disk.sync(sync.file) } catch { failed.append(sync.file) }
        }
        try synced(pending, through: number) { !failed.contains($0.file) }
    }

    /// Copies a segment to another file, which takes its name.
    private mutating func rewrite(_ segment: SpoolSegment) throws(SpoolFault) {
        let file = try newFile()
        do throws(SpoolFault) {
            var bytes = Bytes()
            try disk.read(segment.file, 0..<segment.end, to: &bytes)
            guard bytes.count == segment.end else { throw SpoolFault(action: "read", reason: EIO) }
            try disk.write(file, bytes.view, at: 0)
            try disk.sync(file)
            try disk.rename(lastSegment, to: segment.header.number)
            try disk.syncFolder()
        } catch {
            disk.close(file)
            try? disk.remove(lastSegment)
            throw error
        }
        disk.close(segment.file)
        segment.file = file
        segment.isDoubtful = false
        segment.syncedEnd = segment.end
    }

    /// Gives up the objects that no sync covers, as if they had not been taken. Where that cannot
    /// be noted, and they are there all the same, they come back in the next process.
    mutating func abandonUnsynced() {
        var runs = SpoolRuns()
        for segment in segments {
            guard let numbers = segment.numbers, numbers.upperBound > syncedNumber else { continue }
            for number in max(numbers.lowerBound, syncedNumber + 1)...numbers.upperBound
            where segment.isLive(number) {
                segment.finish(number)
                try? runs.add(number)
            }
        }
        if runs.content.count > 0 { try? finish(runs) }
    }

    /// Lets go of segments whose objects, and those before, have their outcomes.
    mutating func retire() {
        while segments.count > 1, let first = segments.first, first.live == 0 {
            segments.removeFirst()
            spares.append(first)
            if spares.count <= Self.sparesMax { continue }
            discard(spares.removeFirst())
        }
    }

    /// Closes all files. Nothing may be asked of it any more.
    mutating func close() {
        for segment in segments + spares { disk.close(segment.file) }
        segments = []
        spares = []
    }
}
