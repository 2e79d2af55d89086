// SPDX-License-Identifier: Apache-2.0

/// The faults still to come, in the order they were added.
///
/// A request meets the first fault that fits it. It reads like a script: "the first request fails
/// with 429, the next two go through, the one after loses its connection".
struct FaultScript {
    private(set) var faults: [Fault] = []

    mutating func add(_ more: [Fault]) {
        faults += more
    }

    mutating func clear() {
        faults = []
    }

    /// What happens to the next request, which has this target.
    mutating func next(for target: String) -> Fault? {
        guard !faults.isEmpty, !Route.isAdmin(target) else { return nil }
        let path = target.prefix { $0 != "?" }
        for index in faults.indices where faults[index].path.map(path.contains) ?? true {
            if faults[index].skip > 0 {
                faults[index].skip -= 1
                continue
            }
            let fault = faults[index]
            if fault.times == 1 {
                faults.remove(at: index)
            } else if fault.times > 1 {
                faults[index].times -= 1
            }
            return fault
        }
        return nil
    }
}
