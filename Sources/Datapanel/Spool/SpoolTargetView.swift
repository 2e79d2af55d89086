// SPDX-License-Identifier: Apache-2.0

/// What a spool has of one target, read as a producer reads it that starts.
package final class SpoolTargetView {
    package enum Flaw: Equatable {
        /// No record is whole in this part of a segment.
        case damage(segment: UInt64, Range<Int>)
        /// The last record of all is not whole: it is being written, or its writer was killed.
        case unfinished(segment: UInt64, Range<Int>)
        /// A file has something in it, but not the front of a segment.
        case unreadable(segment: UInt64)
    }

    package struct Object {
        package let ticket: UInt64
        /// When it was taken, in microseconds of Unix time.
        package let queuedAt: Int64
        package let isPerhapsSent: Bool
        /// Valid during the call.
        package let text: UnsafeRawBufferPointer
    }

    package let name: Text
    package private(set) var flaws: [Flaw] = []
    private let disk: SpoolViewDisk
    private let lostPower: Bool
    private var log: SpoolLog<SpoolViewDisk>

    init(_ name: Text, _ disk: SpoolViewDisk, lostPower: Bool) {
        self.name = name
        self.disk = disk
        self.lostPower = lostPower
        log = SpoolLog(
            disk, segmentBytes: 0, budget: SpoolBudget(most: 0), dice: { 0 })
    }

    /// Files that are segments; those in store for the next ones do not count.
    package var segments: Int { disk.segmentCount }

    /// false where a newer library wrote it. `isClosed` is asked after all was read.
    func open(isClosed: () -> Bool) throws(SpoolFault) -> Bool {
        let isKnown = try log.open(lostPower: lostPower) { finding in
            switch finding {
            case .damage(let segment, let range):
                flaws.append(.damage(segment: segment, range))
            case .torn(let segment, let range):
                flaws.append(.unfinished(segment: segment, range))
            case .unreadable(let segment):
                flaws.append(.unreadable(segment: segment))
            case .version:
                break
            }
        }
        for tail in try disk.tails() {
            let isUnfinished = tail.isNewest && !isClosed()
            flaws.append(
                isUnfinished
                    ? .unfinished(segment: tail.segment, tail.range)
                    : .damage(segment: tail.segment, tail.range))
        }
        return isKnown
    }

    /// Each object without an outcome, in order. What has its outcome by now may be left out.
    package func forEachObject(_ body: (Object) -> Void) throws(DatapanelError) {
        var last: UInt64 = 0
        do throws(SpoolFault) {
            try log.forEachLive { number, isBegun, content in
                guard number > last, let object = SpoolObject(content) else { return }
                last = number
                body(
                    Object(
                        ticket: number, queuedAt: object.queuedAt,
                        isPerhapsSent: isBegun || lostPower, text: object.text))
            }
        } catch {
            throw error.error(name)
        }
    }
}
