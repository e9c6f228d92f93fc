/// The one lock of this package: a `Mutex`, and another lock under ThreadSanitizer.
///
/// Nothing may suspend or call out while it is held; it is not recursive.
package typealias Locked = _Locked

#if COUNTERSIGN_TSAN

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Not for use outside of this package.
///
/// This form is for ThreadSanitizer, which does not see a `Mutex` of the module Synchronization lock, and reports false
/// races through it. Built with `-Xswiftc -DCOUNTERSIGN_TSAN`.
public struct _Locked<State: ~Copyable>: ~Copyable, @unchecked Sendable {
    // Unchecked: the state is reached only in `withLock`, between lock and unlock, and enters by `sending`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let state: UnsafeMutablePointer<State>

    public init(_ initial: consuming sending State) {
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

    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state.pointee)
    }
}

#else

public import Synchronization

/// Not for use outside of this package.
///
/// It is public since only public code is inlined into other modules, where a lock and unlock then take 12 ns, not 36.
@frozen
public struct _Locked<State: ~Copyable>: ~Copyable, Sendable {
    @usableFromInline let mutex: Mutex<State>

    @inlinable
    public init(_ initial: consuming sending State) {
        mutex = Mutex(initial)
    }

    /// Runs `body` with the lock held.
    @inlinable
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock(body)
    }
}

#endif
