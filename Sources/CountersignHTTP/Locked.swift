#if COUNTERSIGN_TSAN

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The lock of this package, in a build for ThreadSanitizer (`-Xswiftc -DCOUNTERSIGN_TSAN`).
///
/// ThreadSanitizer does not recognize `Mutex` of the module Synchronization and reports false races, so this form uses a
/// pthread mutex.
package struct Locked<State: ~Copyable>: ~Copyable, @unchecked Sendable {
    // Unchecked: the state is only accessed in `withLock`, between lock and unlock, and is passed in as `sending`.
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

public import Synchronization

/// The lock of this package: a `Mutex` that is inlined into other modules.
///
/// Code that holds it must not suspend or call closures of others. It is not recursive.
@usableFromInline
@frozen
package struct Locked<State: ~Copyable>: ~Copyable, Sendable {
    @usableFromInline let mutex: Mutex<State>

    @inlinable
    package init(_ initial: consuming sending State) {
        mutex = Mutex(initial)
    }

    /// Calls `body` with the lock held, and returns its result.
    @inlinable
    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock(body)
    }
}

#endif
