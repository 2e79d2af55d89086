// SPDX-License-Identifier: Apache-2.0

/// A producer's settings as its decisions use them.
struct ProducerLimits {
    let batchObjects: Int
    let batchBytes: Int
    let linger: Int64
    private let lingerJitter: Int64
    let queueObjects: Int
    let queueBytes: Int
    let deliveryTimeout: Int64
    let delivery: Delivery
    let reports: ReportQueue.Wanted
    let keepsDeadLetters: Bool

    /// What changes while it runs has its own type; this is where it starts.
    let concurrency: Concurrency

    /// `headCount` is the size of the envelope before the objects.
    init(_ config: Config, headCount: Int) {
        func number(_ key: SettingKey) -> Int { Int(truncatingIfNeeded: config.number(key)) }
        let frame = headCount + Envelope.tail.utf8CodeUnitCount
        batchObjects = number(.batchObjects)
        batchBytes = min(number(.batchBytes), Request.bodyLimit - frame)
        linger = config.number(.linger)
        lingerJitter = config.number(.lingerJitter)
        queueObjects = number(.queueObjects)
        queueBytes = number(.queueBytes)
        concurrency = Concurrency(
            most: number(.inflight), isAdaptive: config.isOn(.inflightAdaptive))
        deliveryTimeout = config.number(.deliveryTimeout)
        delivery = Delivery(
            backoff: config.backoff,
            triesAmbiguousAgain: config.number(.ambiguousPolicy) == 0,
            ambiguousLimit: number(.ambiguousAttempts))
        keepsDeadLetters = config.text(.deadLetterPath) != nil
        reports = ReportQueue.Wanted(rawValue: config.number(.reports)) ?? .all
    }

    func jitter() -> Int64 {
        guard lingerJitter > 0 else { return 0 }
        return Int64(truncatingIfNeeded: Random.number() % UInt64(lingerJitter + 1))
    }
}

/// What a producer counts. Times are in microseconds.
struct ProducerCounters {
    var taken = 0
    var refused = 0
    var stored = 0
    var failed = 0
    var attempts = 0
    var retries = 0
    var splits = 0
    var systemicRejections = 0
    var letters = 0
    var lettersFailed = 0
    var lettersDropped = 0
    var batchObjects = Histogram()
    var queueTime = Histogram()
    var wireTime = Histogram()

    /// An attempt of a batch; its objects waited until the first of them began.
    mutating func note(_ batch: Batch, startedAt: Int64, endedAt: Int64) {
        batchObjects.add(Int64(batch.count))
        if batch.attempts == 1 { queueTime.add((startedAt - batch.startedAt) * 1_000) }
        wireTime.add((endedAt - startedAt) * 1_000)
    }
}
