#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Flushes the standard output, which is buffered if it is a pipe.
package func flushOutput() {
    fflush(nil)
}
