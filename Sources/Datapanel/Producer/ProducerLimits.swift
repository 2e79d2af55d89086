// SPDX-License-Identifier: Apache-2.0

/// A producer's settings as its decisions use them.
struct ProducerLimits {
    let batchObjects: Int
    let batchBytes: Int
    let linger: Int64
    let queueObjects: Int
    let queueBytes: Int
    let inFlight: Int
    let deliveryTimeout: Int64
    let delivery: Delivery
    let reports: ReportQueue.Wanted

    /// `headCount` is the size of the envelope before the objects.
    init(_ config: Config, headCount: Int) {
        func number(_ key: SettingKey) -> Int { Int(truncatingIfNeeded: config.number(key)) }
        let frame = headCount + Envelope.tail.utf8CodeUnitCount
        batchObjects = number(.batchObjects)
        batchBytes = min(number(.batchBytes), Request.bodyLimit - frame)
        linger = config.number(.linger)
        queueObjects = number(.queueObjects)
        queueBytes = number(.queueBytes)
        inFlight = number(.inflight)
        deliveryTimeout = config.number(.deliveryTimeout)
        delivery = Delivery(
            backoff: Backoff(
                base: config.number(.backoffBase), cap: config.number(.backoffCap)),
            triesAmbiguousAgain: config.number(.ambiguousPolicy) == 0,
            ambiguousLimit: number(.ambiguousAttempts))
        reports = ReportQueue.Wanted(rawValue: config.number(.reports)) ?? .all
    }
}

/// What a producer counts.
struct ProducerCounters {
    var taken = 0
    var refused = 0
    var stored = 0
    var failed = 0
    var attempts = 0
    var retries = 0
    var splits = 0
    var systemicRejections = 0
}
