import CountersignCrypto
import CountersignHTTP

/// The runtime's own DPoP keys, one an algorithm, made when first needed.
///
/// They live as long as the runtime does.
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
                throw TokenError(.configuration, "no DPoP key could be made: \(error)")
            }
        }
    }
}
