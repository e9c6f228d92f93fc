/// The pattern of the issuers of a multi-tenant server, whose metadata names a placeholder instead of a tenant.
///
/// Users of every tenant can then sign in. `IDToken.issuer` is the issuer of the user's tenant: check it, and identify a
/// user by issuer and subject together.
///
/// ```swift
/// var signIn = SignInConfiguration(issuer: "https://login.example.com/common/v2.0", scopes: ["openid"])
/// signIn.issuerPattern = IssuerPattern("https://login.example.com/{tenantid}/v2.0")
/// ```
///
/// The `iss` of a token must match the pattern, with one path segment in the place of the placeholder, and the token must
/// repeat that segment in a claim of its own. Both are compared as bytes.
public struct IssuerPattern: Sendable, Hashable {
    /// The pattern, exactly as the `issuer` of the metadata.
    public let text: String
    /// The claim that names the tenant of a token.
    public let tenantClaim: String

    /// Creates a pattern.
    ///
    /// - Parameters:
    ///   - text: The pattern, exactly as the `issuer` of the metadata. It must have the origin of the configured issuer,
    ///     and a placeholder in braces as one segment of its path.
    ///   - tenantClaim: The claim of ID tokens and logout tokens that names the tenant.
    public init(_ text: String, tenantClaim: String = "tid") {
        self.text = text
        self.tenantClaim = tenantClaim
    }
}
