/// The credentials of the program for one security scheme.
@_spi(Generated)
public enum SchemeCredentials: Sendable {
    case clientCredentials(ClientCredentials)
    /// The session of a user; nil if no user is signed in.
    case user((any TokenSource)?)
    /// The client credentials of the program, and the source of the tokens to exchange.
    case tokenExchange(ClientCredentials, subject: any TokenSource)
    case token(any TokenSource)
    case bearer(SecretValue)
    case basic(BasicCredentials)
    case apiKey(SecretValue)
}
