import Countersign
import CountersignCrypto

extension TokenError {
    /// An error for a failure of the system's random number generator.
    init(randomness error: CryptoError) {
        self.init(.configuration, "the system returned no random bytes: \(error)")
    }
}
