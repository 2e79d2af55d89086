// SPDX-License-Identifier: Apache-2.0

/// The callers of a producer that wait.
///
/// Guarded by: the producer's monitor.
final class Waiters: Sendable {
    /// For room in the queue. To wake a sender for each batch that is done, only to see the queue
    /// full again, costs both threads more than the objects do; so it hears when there is much room
    /// or nothing under way, and looks by itself otherwise.
    let room = Condition(patience: 20)
    /// For reports, and for the end of all that was taken.
    let outcomes = Condition()

    func announce(hasMuchRoom: Bool) {
        outcomes.announce()
        if hasMuchRoom { room.announce() }
    }

    func announceAll() {
        announce(hasMuchRoom: true)
    }
}
