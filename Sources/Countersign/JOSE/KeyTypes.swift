// `SigningKey`, `VerificationKey`, `SignatureAlgorithm` and `CryptoError`: whoever imports Countersign can bring a key.
@_exported public import CountersignCrypto
