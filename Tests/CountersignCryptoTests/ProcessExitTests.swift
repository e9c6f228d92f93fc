import Testing

@testable import CountersignCrypto

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if os(Linux)
@Suite("Process exit")
struct ProcessExitTests {
    @Test("OpenSSL is not cleaned up at exit, whichever function is used first")
    func exits() async {
        await #expect(processExitsWith: .success) {
            _ = SHA2.sha256([1])
            Self.exitReportingCleanup()
        }
        await #expect(processExitsWith: .success) {
            _ = HMAC.sha256(key: [1], message: [2])
            Self.exitReportingCleanup()
        }
        await #expect(processExitsWith: .success) {
            _ = try SigningKey.generate(.es256)
            Self.exitReportingCleanup()
        }
        await #expect(processExitsWith: .success) {
            let bytes = [UInt8](repeating: 1, count: 32)
            _ = try AESGCM.seal([1], key: bytes, nonce: Array(bytes.prefix(12)))
            Self.exitReportingCleanup()
        }
    }

    @Test("A process exits without a crash while keys sign")
    func signing() async {
        for _ in 0..<5 {
            await #expect(processExitsWith: .success) {
                let key = try SigningKey.generate(.es256)
                for _ in 0..<4 {
                    Task.detached {
                        while true {
                            _ = try key.sign([1, 2, 3])
                            await Task.yield()
                        }
                    }
                }
                for _ in 0..<200 { _ = try key.sign([1]) }
                exit(0)
            }
        }
    }

    /// Exits the process, with status 7 if OpenSSL runs its cleanup.
    private static func exitReportingCleanup() -> Never {
        typealias Register = @convention(c) (@convention(c) () -> Void) -> Int32
        guard let symbol = dlsym(nil, "OPENSSL_atexit") else { exit(8) }
        guard unsafeBitCast(symbol, to: Register.self)({ _exit(7) }) == 1 else { exit(9) }
        exit(0)
    }
}
#endif
