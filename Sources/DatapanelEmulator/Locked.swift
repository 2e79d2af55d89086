// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A value that can be reached by one thread at a time.
///
/// Like `Mutex` of the standard library, which waits on a futex: ThreadSanitizer does not see that
/// (Swift 6.3) and reports races where there are none. A mutex of pthreads it understands.
final class Locked<Value>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var value: Value

    init(_ value: sending Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func withLock<Result: Sendable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
