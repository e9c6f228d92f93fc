package import Countersign

/// The servers that an example calls, and its client credentials.
package struct CatalogConfiguration: Sendable {
    package var issuer: String
    package var api: String
    package var clientID: String
    package var secret: SecretValue

    package init(issuer: String, api: String, clientID: String, secret: SecretValue) {
        self.issuer = issuer
        self.api = api
        self.clientID = clientID
        self.secret = secret
    }
}
