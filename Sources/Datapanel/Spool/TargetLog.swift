// SPDX-License-Identifier: Apache-2.0

/// What a spool has of one target: its log, and how much of it is not in memory.
///
/// Guarded by: the producer's monitor.
final class TargetLog {
    let name: Text
    var log: SpoolLog<FolderDisk>
    var backlog = Backlog()
    /// Its folder was removed. It does not come back: another one of that name is another folder.
    var isGone = false
    /// Calls that wait until their objects are on the disk.
    private var confirmations: [Confirmation] = []

    init(_ name: Text, _ log: consuming SpoolLog<FolderDisk>) {
        self.name = name
        self.log = log
    }

    /// Notes that a former process may have sent any of its objects.
    func suspectAll() throws(SpoolFault) {
        var runs = SpoolRuns()
        do throws(DatapanelError) {
            for segment in log.segments where segment.live > 0 {
                guard let numbers = segment.numbers else { continue }
                for number in numbers where segment.isLive(number) { try runs.add(number) }
            }
        } catch {
            throw .noMemory
        }
        if runs.content.count > 0 { try log.begin(runs) }
        try log.sync()
    }

    /// Notes the outcome of a former process's object; false when it has one.
    func settle(_ number: UInt64) throws(SpoolFault) -> Bool {
        guard log.segments.contains(where: { $0.isLive(number) }) else { return false }
        var runs = SpoolRuns()
        do throws(DatapanelError) { try runs.add(number) } catch { throw .noMemory }
        if backlog.objects > 0 { backlog.remove(backlog.bytes / backlog.objects) }
        try log.finish(runs)
        return true
    }

    func begin(_ batch: Batch) throws(SpoolFault) {
        let runs = try Self.runs(batch)
        try log.begin(runs)
    }

    func finish(_ batch: Batch) throws(SpoolFault) {
        let runs = try Self.runs(batch)
        defer { log.retire() }
        try log.finish(runs)
    }

    private static func runs(_ batch: Batch) throws(SpoolFault) -> SpoolRuns {
        var runs = SpoolRuns()
        do throws(DatapanelError) {
            for index in 0..<batch.count { try runs.add(batch.item(index).ticket) }
        } catch {
            throw .noMemory
        }
        return runs
    }

    func add(_ confirmation: Confirmation) {
        confirmations.append(confirmation)
    }

    func remove(_ confirmation: Confirmation) {
        confirmations.removeAll { $0 === confirmation }
    }

    /// Gives up what no sync covers, and those hear of it who wait.
    func refuseUnsynced() {
        log.abandonUnsynced()
        for confirmation in confirmations { confirmation.refuse(above: log.syncedNumber) }
    }

    // MARK: reading back

    /// What is to be read next; nil when there is nothing yet. `lost` hears of objects whose
    /// records cannot be read any more.
    func nextRead(
        onlySynced: Bool, lost: (UInt64) -> Void
    ) throws(SpoolFault) -> SpoolLog<FolderDisk>.Read? {
        // A copy: what is passed over changes the backlog, too.
        var place = backlog.place
        defer { backlog.place = place }
        let read = try log.read(from: &place, backlog.wanted, onlySynced: onlySynced) { segment in
            guard let last = segment.numbers?.upperBound else { return }
            passOver(last + 1, in: segment, lost)
        }
        backlog.isBeingRead = read != nil
        return read
    }

    /// The next object of a part that was read; nil when its end was reached. Nothing is taken of
    /// it before `took`.
    func next(
        _ reader: inout SpoolReader, of read: SpoolLog<FolderDisk>.Read, lost: (UInt64) -> Void
    ) -> (number: UInt64, isBegun: Bool, object: SpoolObject)? {
        while true {
            backlog.place = Self.place(reader, in: read)
            switch reader.next() {
            case .more(let count):
                backlog.place = Self.place(reader, in: read)
                backlog.wanted = max(Backlog.readCount, count)
                return nil
            case .end:
                backlog.place.offset = read.range.upperBound
                backlog.wanted = Backlog.readCount
                return nil
            case .damage:
                continue
            case .record(let record):
                guard record.kind == .object, record.number > backlog.seen,
                    read.segment.isLive(record.number),
                    let object = SpoolObject(record.content)
                else { continue }
                passOver(record.number, in: read.segment, lost)
                return (record.number, read.segment.isBegun(record.number), object)
            }
        }
    }

    func took(_ number: UInt64, _ count: Int) {
        backlog.seen = number
        backlog.remove(count)
    }

    /// Those before `number` whose turn it was, and that were not there.
    private func passOver(
        _ number: UInt64, in segment: SpoolSegment, _ lost: (UInt64) -> Void
    ) {
        guard let numbers = segment.numbers else { return }
        let first = max(numbers.lowerBound, backlog.seen + 1)
        guard first < number else { return }
        for missing in first..<number where segment.isLive(missing) {
            backlog.remove(0)
            lost(missing)
        }
        backlog.seen = number - 1
    }

    private static func place(
        _ reader: SpoolReader, in read: SpoolLog<FolderDisk>.Read
    ) -> SpoolLog<FolderDisk>.Place {
        SpoolLog<FolderDisk>.Place(
            number: read.segment.header.number, offset: read.range.lowerBound + reader.offset)
    }
}
