// SPDX-License-Identifier: Apache-2.0

/// How statistics are written.
package enum StatsFormat {
    case json, prometheus

    package static func named(_ name: UnsafeRawBufferPointer) throws(DatapanelError) -> StatsFormat
    {
        if ASCII.equal(name, "json") { return .json }
        if ASCII.equal(name, "prometheus") { return .prometheus }
        throw DatapanelError(.argument, "statistics come as json or prometheus")
    }
}

/// A counter or a level of a producer, by the name that both formats give it.
struct Metric {
    let name: StaticString
    let value: Int
    let isLevel: Bool
    let help: StaticString
}

/// What a producer counts, for whoever writes it down.
enum ProducerStats {
    static func metrics(_ state: borrowing ProducerState) -> [Metric] {
        let counters = state.counters
        let spool = state.spool?.counters ?? Spool.Counters()
        func counter(_ name: StaticString, _ value: Int, _ help: StaticString) -> Metric {
            Metric(name: name, value: value, isLevel: false, help: help)
        }
        func level(_ name: StaticString, _ value: Int, _ help: StaticString) -> Metric {
            Metric(name: name, value: value, isLevel: true, help: help)
        }
        return [
            counter("objects_taken", counters.taken, "Objects that were taken."),
            counter("objects_refused", counters.refused, "Objects that found the queue full."),
            counter("objects_stored", counters.stored, "Objects with an id."),
            counter("objects_failed", counters.failed, "Objects with another outcome."),
            level("queue_objects", state.queuedObjects, "Objects without an outcome."),
            level("queue_bytes", state.queuedBytes, "Bytes of objects without an outcome."),
            counter("attempts", counters.attempts, "Requests that ended."),
            counter("retries", counters.retries, "Requests whose batch is sent again."),
            counter("splits", counters.splits, "Batches that went on in two halves."),
            counter(
                "systemic_rejections", counters.systemicRejections,
                "Times that a target was found to reject everything."),
            counter("dead_letters", counters.letters, "Failed objects that were written down."),
            counter(
                "dead_letters_failed", counters.lettersFailed,
                "Failed objects that could not be written down."),
            counter(
                "dead_letters_dropped", counters.lettersDropped,
                "Dead letters that were dropped to make room."),
            counter("lookups", state.names.requests, "Requests of look-ups that ended."),
            level("in_flight", state.inFlight, "Requests under way."),
            level("reports_waiting", state.reports.count, "Reports that nobody collected."),
            counter(
                "reports_dropped", state.reports.dropped, "Reports that nobody collected in time."),
            counter(
                "payloads_dropped", state.reports.payloadsDropped,
                "Failed objects whose bytes nobody collected in time."),
            level(
                "spool_objects", state.spool?.backlogObjects ?? 0, "Objects on the disk alone."),
            level("spool_file_bytes", state.spool?.fileBytes ?? 0, "Bytes of the spool's files."),
            counter(
                "spool_recovered", spool.recovered - spool.settled,
                "Objects that a former process left."),
            counter("spool_syncs", spool.syncs, "Times that the spool was synced."),
            counter("spool_failures", spool.failures, "Calls of the disk that failed."),
            counter("spool_damaged", spool.damaged, "Damaged parts of the spool that were found."),
        ]
    }

    static func histograms(
        _ state: borrowing ProducerState
    ) -> [(name: StaticString, histogram: Histogram, help: StaticString)] {
        [
            ("batch_objects", state.counters.batchObjects, "Objects in a request."),
            (
                "queue_microseconds", state.counters.queueTime,
                "From the first object to its request."
            ),
            (
                "wire_microseconds", state.counters.wireTime,
                "From the begin of a request to its end."
            ),
        ]
    }

    static func json(_ state: borrowing ProducerState) throws(DatapanelError) -> OwnedText {
        let object = try ObjectBuilder()
        for metric in metrics(state) {
            try object.set(cString(metric.name), integer: Int64(metric.value))
        }
        for (name, histogram, _) in histograms(state) {
            let entry = try ObjectBuilder()
            try entry.set("count", integer: Int64(histogram.count))
            try entry.set("sum", integer: histogram.sum)
            for index in 0..<Histogram.classCount {
                try entry.set("counts[+]", integer: Int64(histogram.counts[index]))
            }
            try object.set(cString(name), object: entry)
        }
        let none: StaticString = "[]"
        try object.set(
            "targets", json: UnsafeRawBufferPointer(start: none.utf8Start, count: 2))
        let now = Clock.monotonic()
        let trouble = state.tokens.flatMap { $0.token(now: now) == nil ? $0.trouble : nil }
        for target in state.targets {
            let reason =
                state.names.trouble(of: target) ?? target.blockedBy ?? trouble?.message
            try describe(target, reason, in: object)
        }
        return try object.json()
    }

    private static func describe(
        _ target: TargetQueue, _ reason: Text?, in object: ObjectBuilder
    ) throws(DatapanelError) {
        try object.set("targets[+].target", string: target.name.pointer)
        if let id = target.address.id {
            defer { withExtendedLifetime(id) {} }
            try object.set("targets[-1].id", string: id.pointer)
        } else {
            try object.setNull("targets[-1].id")
        }
        try object.set("targets[-1].in_flight", integer: Int64(target.inFlight))
        try object.set("targets[-1].failures", integer: Int64(target.failures))
        try object.set("targets[-1].paused", bool: target.isPaused)
        try object.set("targets[-1].breaker_open", bool: target.breaker.isOpen)
        guard let reason else {
            return try object.setNull("targets[-1].blocked_by")
        }
        defer { withExtendedLifetime(reason) {} }
        try object.set("targets[-1].blocked_by", string: reason.pointer)
    }

    private static func cString(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
