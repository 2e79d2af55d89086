// SPDX-License-Identifier: Apache-2.0

/// A producer's counters as data.
enum ProducerStats {
    static func json(_ state: ProducerState) throws(DatapanelError) -> OwnedText {
        let object = try ObjectBuilder()
        let counters = state.counters
        try object.set("objects.taken", integer: Int64(counters.taken))
        try object.set("objects.refused", integer: Int64(counters.refused))
        try object.set("objects.queued", integer: Int64(state.queuedObjects))
        try object.set("objects.queued_bytes", integer: Int64(state.queuedBytes))
        try object.set("objects.stored", integer: Int64(counters.stored))
        try object.set("objects.failed", integer: Int64(counters.failed))
        try object.set("requests.attempts", integer: Int64(counters.attempts))
        try object.set("requests.retries", integer: Int64(counters.retries))
        try object.set("requests.splits", integer: Int64(counters.splits))
        try object.set("requests.in_flight", integer: Int64(state.inFlight))
        try object.set(
            "requests.systemic_rejections", integer: Int64(counters.systemicRejections))
        try object.set("reports.waiting", integer: Int64(state.reports.count))
        try object.set("reports.dropped", integer: Int64(state.reports.dropped))
        for target in state.targets { try describe(target, in: object) }
        return try object.json()
    }

    private static func describe(
        _ target: TargetQueue, in object: ObjectBuilder
    ) throws(DatapanelError) {
        try object.set("targets[+].target", string: target.name.pointer)
        try object.set("targets[-1].in_flight", integer: Int64(target.inFlight))
        try object.set("targets[-1].failures", integer: Int64(target.failures))
        guard let reason = target.blockedBy else {
            return try object.setNull("targets[-1].blocked_by")
        }
        let text = try Text.of(reason)
        defer { withExtendedLifetime(text) {} }
        try object.set("targets[-1].blocked_by", string: text.pointer)
    }
}
