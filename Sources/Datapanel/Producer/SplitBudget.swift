// SPDX-License-Identifier: Apache-2.0

/// Bounds what the search for rejected objects adds to a service. When more than a fifth of the
/// requests of a minute are parts of rejected batches, batches are a quarter as large, which halves
/// the search in each, until a hundred in a row are stored whole.
struct SplitBudget {
    private static let window: Int64 = 60_000
    /// Fewer requests say nothing.
    private static let enough = 50
    private static let cleanEnough = 100

    private var startedAt: Int64 = 0
    private var requests = 0
    private var parts = 0
    private var clean = 0
    private var isOver = false

    /// How many objects a batch may have that could have `most`.
    func batchObjects(_ most: Int) -> Int { isOver ? max(1, most / 4) : most }

    /// A request ended; `isPart` when its batch is a part of a rejected one.
    mutating func ended(isPart: Bool, isStored: Bool, now: Int64) {
        if now - startedAt >= Self.window {
            startedAt = now
            requests = 0
            parts = 0
        }
        requests += 1
        parts += isPart ? 1 : 0
        clean = isStored && !isPart ? clean + 1 : 0
        if requests >= Self.enough && parts * 5 > requests {
            isOver = true
        } else if clean >= Self.cleanEnough {
            isOver = false
        }
    }
}
