import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The signals that ask a program to end: SIGTERM of a service manager, and SIGINT of ^C.
package struct TerminationSignal: Sendable {
    private let signals: AsyncStream<Void>

    /// Catches the first signal from now on, so that it does not end the process.
    ///
    /// A second signal ends it at once.
    package init() {
        signals = AsyncStream { continuation in
            let sources = [SIGTERM, SIGINT].map { number in
                signal(number, SIG_IGN)
                return DispatchSource.makeSignalSource(signal: number)
            }
            for source in sources {
                // The handlers keep the sources alive, until they are cancelled.
                source.setEventHandler {
                    for source in sources { source.cancel() }
                    for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
                    continuation.finish()
                }
                source.resume()
            }
        }
    }

    /// Waits for the first signal.
    package nonisolated(nonsending) func wait() async {
        for await _ in signals {}
    }
}
