#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Shows what was printed at once, to a pipe too.
package func flushOutput() {
    fflush(nil)
}
