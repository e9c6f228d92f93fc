/// How a client authenticates at the token endpoint, by the names of IANA's registry (RFC 6749 section 2.3,
/// RFC 7523, OpenID Connect Core section 9).
public enum ClientAuthentication: String, Sendable, Hashable, CaseIterable {
    /// Identifier and secret in the `Authorization` field.
    case clientSecretBasic = "client_secret_basic"
    /// Identifier and secret in the body.
    case clientSecretPost = "client_secret_post"
    /// A JWT authenticated with the secret.
    case clientSecretJWT = "client_secret_jwt"
    /// A JWT signed with the client's private key.
    case privateKeyJWT = "private_key_jwt"
    /// The identifier alone: a public client.
    case none
}
