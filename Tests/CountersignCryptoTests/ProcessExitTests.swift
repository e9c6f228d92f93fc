import Testing

@testable import CountersignCrypto

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if os(Linux)
@Suite("The end of a process")
struct ProcessExitTests {
    @Test("OpenSSL stays whole for the threads that still use it, whatever was used first")
    func exits() async {
        await #expect(processExitsWith: .success) {
            _ = SHA2.sha256([1])
            Self.exitNotingCleanup()
        }
        await #expect(processExitsWith: .success) {
            _ = HMAC.sha256(key: [1], message: [2])
            Self.exitNotingCleanup()
        }
        await #expect(processExitsWith: .success) {
            _ = try SigningKey.generate(.es256)
            Self.exitNotingCleanup()
        }
        await #expect(processExitsWith: .success) {
            let bytes = [UInt8](repeating: 1, count: 32)
            _ = try AESGCM.seal([1], key: bytes, nonce: Array(bytes.prefix(12)))
            Self.exitNotingCleanup()
        }
    }

    @Test("A process ends well while keys sign")
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

    /// Ends the process: with 7 if OpenSSL takes itself apart.
    private static func exitNotingCleanup() -> Never {
        typealias Register = @convention(c) (@convention(c) () -> Void) -> Int32
        guard let symbol = dlsym(nil, "OPENSSL_atexit") else { exit(8) }
        guard unsafeBitCast(symbol, to: Register.self)({ _exit(7) }) == 1 else { exit(9) }
        exit(0)
    }
}
#endif
