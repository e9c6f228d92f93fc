import Countersign
import CountersignCrypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SessionRecord {
    /// Creates the record of a new session.
    ///
    /// - Parameter claims: The claims to store.
    init(_ result: SignInResult, id: String, claims: UserClaims) throws(TokenError) {
        let signInID: String
        do throws(CryptoError) {
            signInID = Base64URL.encode(try SecureRandom.bytes(16))
        } catch {
            throw TokenError(randomness: error)
        }
        let signedInAt = result.signedInAt
        self.init(
            id: id,
            signInID: signInID,
            issuer: try result.client.issuer(),
            clientID: try result.client.clientID(),
            claims: claims,
            idToken: result.idToken?.text,
            refreshToken: result.response.refreshToken,
            grantedScopes: result.grantedScopes,
            keyThumbprint: result.dpopKey?.thumbprint,
            signedInAt: signedInAt
        )
        // With a resource, the response lists the scopes of the token, and the user may have granted more (P62).
        if result.client.configuration.resources.isEmpty { record(result.grantedScopes, of: result.requestedScopes) }
        setToken(
            SessionToken(
                key: .signIn,
                value: result.response.accessToken.value,
                requestedAt: signedInAt,
                lifetime: result.response.accessToken.lifetime,
                scopes: result.grantedScopes,
                proofAlgorithm: result.response.accessToken.key?.unusualAlgorithmName
            )
        )
    }
}
