// SPDX-License-Identifier: Apache-2.0

/// The ids that a client's names have. One thread looks a name up; the others that need it wait for
/// what comes of it.
///
/// Runs on: any thread, many at once.
/// Guarded by: `monitor`.
final class NameSource: Sendable {
    private let monitor = Monitor(NameCache())
    private let changed = Condition()

    /// The id of a name in a place, of which it becomes a part.
    func find(
        _ kind: LookupKind, _ name: Text, for place: Place, _ transfer: Transfer
    ) throws(DatapanelError) -> Text {
        let passes = place.passes
        let within = kind.within(passes.config)
        let known = monitor.with { $0.name(kind, within: within, name) }
        var awaited: Int?
        let step = monitor.wait(for: changed, until: passes.deadline) { _, _ in
            let step = known.next(awaited: awaited)
            guard case .wait(let number) = step else { return step }
            awaited = number
            return nil
        }
        switch step {
        case .use(let id)?:
            place.add(known, id, wasKnown: true)
            return id
        case .look?:
            let id = try look(known, passes, transfer)
            place.add(known, id, wasKnown: false)
            return id
        case .refuse(let error)?:
            throw error
        case .wait?, nil:
            throw DatapanelError(
                .timeout,
                """
                another call is looking "\(Excerpt.of(name.bytes, limit: 80))" up, and this one's \
                time is over; allow more time
                """
            ).with(.stored, "\(Stored.no.name)")
        }
    }

    private func look(
        _ known: KnownName, _ passes: Passes, _ transfer: Transfer
    ) throws(DatapanelError) -> Text {
        do throws(DatapanelError) {
            let id = try Lookup(passes).run(LookupWalk(known.kind, known.name), transfer)
            end(known, id, nil)
            return id
        } catch {
            end(known, nil, error)
            throw error
        }
    }

    private func end(_ known: KnownName, _ id: Text?, _ error: DatapanelError?) {
        monitor.with { _ in
            known.ended(id, error)
            changed.announce()
        }
    }

    /// What a place was found by is looked up anew when it is needed next.
    func forget(_ place: Place) {
        monitor.with { _ in
            for index in place.names.indices { place.names[index].forget(place.ids[index]) }
        }
    }

    /// Leaves everything as it is, for ever: in a forked child a thread that it does not have may
    /// hold the mutex, or wait.
    func abandon() {
        _ = Unmanaged.passRetained(self)
    }
}
