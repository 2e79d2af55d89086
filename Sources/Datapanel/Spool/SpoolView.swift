// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A spool as it stands, for those who only look: no lock is taken, no link is followed, nothing
/// is changed. A producer may go on with it meanwhile.
package final class SpoolView {
    /// How it was left, as the file "spool" tells.
    package enum State {
        /// All of it was on the disk.
        case closed
        /// It is in use, or whoever used it has ended without closing it.
        case open
        /// The machine has started anew since it was used: what was written last may be missing,
        /// and whatever is there counts as perhaps sent.
        case lostPower
    }

    package let state: State
    /// In the order of their bytes.
    package let targets: [Text]
    private let path: Text
    private let folder: Int32

    package init(_ path: Text) throws(DatapanelError) {
        self.path = path
        folder = dpx_open_folder_in(AT_FDCWD, path.pointer)
        guard folder >= 0 else { throw SpoolFolder.failure("open", path) }
        do throws(DatapanelError) {
            let past = try SpoolFolder.past(folder, path)
            state = Self.state(past)
            targets = Self.sorted(try SpoolFolder.targets(folder, path))
            guard past.isThere || !targets.isEmpty else {
                throw DatapanelError(.spool, "\(TextFile.shown(path)) is no spool")
            }
        } catch {
            CPosix.close(folder)
            throw error
        }
    }

    deinit { CPosix.close(folder) }

    private static func state(_ past: SpoolFolder.Past) -> State {
        if past.isClosed { return .closed }
        return past.lostPower(since: SpoolFolder.currentBoot()) ? .lostPower : .open
    }

    private static func sorted(_ targets: [Text]) -> [Text] {
        var sorted: [Text] = []
        for target in targets {
            let place = sorted.firstIndex { !isBefore($0, target) } ?? sorted.count
            if place < sorted.count, sorted[place].equals(target.bytes) { continue }
            sorted.insert(target, at: place)
        }
        return sorted
    }

    private static func isBefore(_ one: Text, _ other: Text) -> Bool {
        one.bytes.lexicographicallyPrecedes(other.bytes)
    }

    /// What is there of one of the targets now.
    package func target(_ name: Text) throws(DatapanelError) -> SpoolTargetView {
        let place = try SpoolFolder.name(name)
        defer { withExtendedLifetime(place) {} }
        let folder = dpx_open_folder_in(folder, place.pointer)
        guard folder >= 0 else { throw SpoolFolder.failure("open a folder of", path) }
        let view = SpoolTargetView(
            name, SpoolViewDisk(FolderDisk(folder)), lostPower: state == .lostPower)
        var isKnown = false
        do throws(SpoolFault) {
            isKnown = try view.open(isClosed: isClosed)
        } catch {
            throw error.error(path)
        }
        if isKnown { return view }
        throw DatapanelError(
            .spool, "the spool \(TextFile.shown(path)) was written by a newer library; use that")
    }

    /// Still: a producer may have opened it since.
    private func isClosed() -> Bool {
        state == .closed && (try? SpoolFolder.past(folder, path))?.isClosed == true
    }
}
