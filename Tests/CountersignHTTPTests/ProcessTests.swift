import CountersignHTTP
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if os(Linux)
@Suite("Curl transport: process state")
struct ProcessTests {
    @Test("A transport that was created without free file descriptors works once there are some")
    func fileDescriptors() async {
        await #expect(processExitsWith: .success) {
            // Ends the process if the request hangs.
            alarm(20)
            var limit = rlimit()
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            getrlimit(resource, &limit)
            var none = rlimit(rlim_cur: 0, rlim_max: limit.rlim_max)
            setrlimit(resource, &none)
            let transport = CurlTransport()
            setrlimit(resource, &limit)
            do {
                _ = try await transport.send(HTTP.Request(url: try HTTP.URL("http://127.0.0.1:1/")))
                exit(7)
            } catch let error as HTTP.TransportError {
                exit(error.kind == .connect ? 0 : 8)
            }
        }
    }

    @Test("OpenSSL is not cleaned up at exit while transports use it")
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
