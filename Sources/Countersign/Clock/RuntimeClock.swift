#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The clock of a ``CountersignRuntime``, for the lifetimes of tokens, for deadlines and for the times in signed claims.
///
/// Programs use ``SystemClock``. Tests use a clock that they advance themselves.
public protocol RuntimeClock: Sendable {
    /// Returns the present instant of a clock that never jumps and counts while the machine is suspended.
    ///
    /// Lifetimes, deadlines and delays use it.
    func now() -> MonotonicInstant

    /// Returns the date and time of the machine, which may jump when an administrator or a time server sets it.
    ///
    /// Only claims (`iat`, `exp`) and stored expiries use it.
    func date() -> Date

    /// Suspends the task until `deadline`.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError)
}
