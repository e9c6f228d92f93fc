import CountersignCrypto
import CountersignHTTP

/// The DPoP keys of a runtime, one for each algorithm, created when first needed.
///
/// They live as long as the runtime.
final class DPoPKeys: Sendable {
    private let keys: Locked<[DPoPAlgorithm: DPoPKey]>

    init(_ keys: [DPoPKey]) {
        self.keys = Locked(Dictionary(keys.map { ($0.algorithm, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    func key(_ algorithm: DPoPAlgorithm) throws(TokenError) -> DPoPKey {
        try keys.withLock { (keys) throws(TokenError) in
            if let key = keys[algorithm] { return key }
            do throws(CryptoError) {
                let key = try DPoPKey.generate(algorithm)
                keys[algorithm] = key
                return key
            } catch {
                throw TokenError(.configuration, "the DPoP key could not be generated: \(error)")
            }
        }
    }
}
