// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A mutex that holds what it guards, and lets threads wait until that has changed.
final class Monitor<State>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var state: State

    init(_ state: State) {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        // Held for a fraction of a microsecond: to try again for as long is cheaper than to sleep.
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ADAPTIVE_NP))
        pthread_mutex_init(mutex, &attributes)
        pthread_mutexattr_destroy(&attributes)
        self.state = state
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func with<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Tries `body` now and whenever `condition` is announced until it gives something or the
    /// deadline passes; it is tried once in any case. It is told the time: `start` at first, on the
    /// monotonic clock in milliseconds, as `deadline`.
    func wait<Result, Failure: Error>(
        for condition: Condition, from start: Int64 = Clock.monotonic(), until deadline: Int64,
        _ body: (inout State, _ now: Int64) throws(Failure) -> Result?
    ) throws(Failure) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var now = start
        while true {
            if let result = try body(&state, now) { return result }
            if now >= deadline { return nil }
            condition.wait(mutex, until: min(deadline, now + condition.patience))
            now = Clock.monotonic()
        }
    }
}

/// Something that threads wait for in a `Monitor`.
///
/// Guarded by: the monitor's mutex.
final class Condition: @unchecked Sendable {
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var waiting = 0
    /// After so many milliseconds a thread looks by itself.
    let patience: Int64

    init(patience: Int64 = .max / 2) {
        self.patience = patience
        condition = .allocate(capacity: 1)
        condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
    }

    fileprivate func wait(_ mutex: UnsafeMutablePointer<pthread_mutex_t>, until time: Int64) {
        var time = timespec(tv_sec: Int(time / 1_000), tv_nsec: Int(time % 1_000 * 1_000_000))
        waiting += 1
        pthread_cond_timedwait(condition, mutex, &time)
        waiting -= 1
    }

    /// Lets all who wait look again. Called within `with`.
    func announce() {
        if waiting > 0 { pthread_cond_broadcast(condition) }
    }
}
