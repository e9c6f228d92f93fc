#if COUNTERSIGN_TSAN

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// State behind a lock, in the form that ThreadSanitizer understands.
///
/// It does not see a `Mutex` of the module Synchronization lock, and reports false races through it. Built with
/// `-Xswiftc -DCOUNTERSIGN_TSAN`.
package struct Locked<State: ~Copyable>: ~Copyable, @unchecked Sendable {
    // Unchecked: the state is reached only in `withLock`, between lock and unlock, and enters by `sending`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let state: UnsafeMutablePointer<State>

    package init(_ initial: consuming sending State) {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        state = .allocate(capacity: 1)
        state.initialize(to: initial)
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state.pointee)
    }
}

#else

package import Synchronization

/// The one lock of this package: a `Mutex`, and another lock under ThreadSanitizer.
///
/// Nothing may suspend or call out while it is held. A file that uses it imports Synchronization. It is the type itself
/// and not a wrapper: through a wrapper of another module a lock and unlock take three times as long (36 ns, not 12).
package typealias Locked = Mutex

#endif
