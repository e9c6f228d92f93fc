/// The method of client authentication at the token endpoint, by its registered name (RFC 6749 section 2.3, RFC 7523,
/// OpenID Connect Core section 9).
public enum ClientAuthentication: String, Sendable, Hashable, CaseIterable {
    /// The client identifier and the secret, in the `Authorization` field.
    case clientSecretBasic = "client_secret_basic"
    /// The client identifier and the secret, in the body.
    case clientSecretPost = "client_secret_post"
    /// A client assertion that is authenticated with the secret.
    case clientSecretJWT = "client_secret_jwt"
    /// A client assertion that is signed with the private key of the client.
    case privateKeyJWT = "private_key_jwt"
    /// The client identifier alone, for public clients.
    case none
}
