// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A mutex that holds what it guards, and lets threads wait until that has changed.
final class Monitor<State>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var state: State
    private var waiting = 0

    init(_ state: State) {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        condition = .allocate(capacity: 1)
        condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        self.state = state
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
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

    /// Tries `body` now and after each change until it gives something or the deadline passes; it
    /// is tried once in any case. `deadline` is on the monotonic clock, in milliseconds.
    func wait<Result, Failure: Error>(
        until deadline: Int64, _ body: (inout State) throws(Failure) -> Result?
    ) throws(Failure) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = try body(&state) { return result }
            if Clock.monotonic() >= deadline { return nil }
            var time = timespec(
                tv_sec: Int(deadline / 1_000), tv_nsec: Int(deadline % 1_000 * 1_000_000))
            waiting += 1
            pthread_cond_timedwait(condition, mutex, &time)
            waiting -= 1
        }
    }

    /// Lets all who wait look again. Called within `with`.
    func changed() {
        if waiting > 0 { pthread_cond_broadcast(condition) }
    }
}
