import CountersignHTTP
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if os(Linux)
@Suite("The end of a process")
struct ProcessExitTests {
    @Test("OpenSSL stays whole for the threads of the transports")
    func exits() async {
        await #expect(processExitsWith: .success) {
            _ = CurlTransport()
            typealias Register = @convention(c) (@convention(c) () -> Void) -> Int32
            guard let symbol = dlsym(nil, "OPENSSL_atexit") else { exit(8) }
            guard unsafeBitCast(symbol, to: Register.self)({ _exit(7) }) == 1 else { exit(9) }
            exit(0)
        }
    }
}
#endif
