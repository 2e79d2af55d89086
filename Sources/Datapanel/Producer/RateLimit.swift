// SPDX-License-Identifier: Apache-2.0

/// At most so much a second, on average, and up to one second's worth at once. Something that costs
/// more than is there is let through and paid off afterwards: the average holds whatever the size.
///
/// Times are in milliseconds, what is saved up in thousandths.
struct RateLimit {
    /// A second; 0 for no limit.
    private var rate: Int64 = 0
    private var saved: Int64 = 0
    private var at: Int64 = 0

    mutating func set(_ rate: Int64, now: Int64) {
        guard rate != self.rate else { return }
        self.rate = rate
        saved = rate * 1_000
        at = now
    }

    /// When something may go; now or earlier when it may go at once.
    mutating func opensAt(now: Int64) -> Int64 {
        guard rate > 0 else { return now }
        // Ten seconds pay off any debt that a second's worth of saving leaves open.
        let time = min(max(now - at, 0), 10_000_000)
        saved = min(saved + time * rate, rate * 1_000)
        at = now
        return saved > 0 ? now : now + (-saved) / rate + 1
    }

    mutating func pay(_ cost: Int) {
        guard rate > 0 else { return }
        saved -= Int64(cost) * 1_000
    }
}

/// The three limits of a producer.
struct RateLimits {
    private var requests = RateLimit()
    private var objects = RateLimit()
    private var bytes = RateLimit()

    init(_ config: Config, now: Int64) {
        set(config, now: now)
    }

    mutating func set(_ config: Config, now: Int64) {
        requests.set(config.number(.rateRequests), now: now)
        objects.set(config.number(.rateObjects), now: now)
        bytes.set(config.number(.rateBytes), now: now)
    }

    mutating func opensAt(now: Int64) -> Int64 {
        max(requests.opensAt(now: now), objects.opensAt(now: now), bytes.opensAt(now: now))
    }

    /// For a request without objects.
    mutating func payRequest() {
        requests.pay(1)
    }

    mutating func pay(_ batch: Batch) {
        requests.pay(1)
        objects.pay(batch.count)
        bytes.pay(batch.objectBytes)
    }
}
