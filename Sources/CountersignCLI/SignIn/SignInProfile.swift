@_spi(Generated) import Countersign
import CountersignOIDC

/// The parameters of a sign-in, stored so that its tokens can be renewed later.
struct SignInProfile: Equatable {
    var issuer: String
    var clientID: String
    /// The environment variable with the client secret.
    var secretVariable: String?
    var clientAuthentication: ClientAuthentication?
    var scopes: [String]
    var resources: [String] = []
    var audience: String?
    var parameters: [String: String] = [:]
    var dpop: DPoPAlgorithm?
    /// The prompts of the sign-in page; not stored, since they are used once.
    var prompt: [String] = []
    /// The origins at which the issuer has endpoints besides its own origin.
    var endpointOrigins: [String] = []

    /// Returns the client for this profile.
    ///
    /// - Parameter createsKey: True to generate a missing DPoP key. It must be false for existing tokens, which cannot be
    ///   used with another key.
    nonisolated(nonsending) func client(
        keys: DPoPKeyStore,
        createsKey: Bool,
        runtime: CountersignRuntime
    ) async throws(TokenStoreError) -> OIDCClient {
        var credentials =
            secretVariable.map { ClientCredentials.secret(id: clientID, .environment($0)) }
            ?? .publicClient(id: clientID)
        if let dpop {
            let key = createsKey ? try await keys.key(dpop) : try await keys.storedKey(dpop)
            guard let key else {
                throw TokenStoreError(
                    .configuration,
                    "the DPoP key that the tokens are bound to is missing; restore it, or sign in again"
                )
            }
            credentials = credentials.dpopKey(key)
        }
        let configuration = SignInConfiguration(
            issuer: issuer,
            clientID: clientID,
            clientAuthentication: clientAuthentication,
            scopes: scopes,
            resources: resources,
            dpop: dpop,
            parameters: parameters,
            audience: audience,
            prompt: prompt,
            endpointOrigins: Set(endpointOrigins)
        )
        return OIDCClient(configuration, credentials: credentials, runtime: runtime)
    }
}

// MARK: - Storage

extension SignInProfile {
    init(json: JSONNode) throws(JSONDecodingError) {
        var object = try json.object()
        issuer = try object.value("issuer")
        clientID = try object.value("client_id")
        secretVariable = try object.optional("client_secret_variable")
        let authentication: String? = try object.optional("token_endpoint_auth_method")
        clientAuthentication = authentication.flatMap(ClientAuthentication.init)
        scopes = try object.value("scopes")
        resources = try object.value("resources", default: [])
        audience = try object.optional("audience")
        parameters = try object.value("parameters", default: [:])
        let algorithm: String? = try object.optional("dpop")
        dpop = algorithm.flatMap(DPoPAlgorithm.init)
        endpointOrigins = try object.value("endpoint_origins", default: [])
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("issuer", issuer)
        json.field("client_id", clientID)
        json.field("client_secret_variable", secretVariable)
        json.field("token_endpoint_auth_method", clientAuthentication?.rawValue)
        json.field("scopes", scopes)
        json.field("resources", resources)
        json.field("audience", audience)
        json.field("parameters", parameters)
        json.field("dpop", dpop?.rawValue)
        json.field("endpoint_origins", endpointOrigins)
        json.endObject()
        return json.bytes
    }

    static func entryName(_ name: String) -> String { "profile.\(name)" }

    nonisolated(nonsending) static func load(
        _ name: String,
        from store: any TokenStore
    ) async throws(TokenStoreError) -> SignInProfile? {
        guard let entry = try await store.load(entryName(name)) else { return nil }
        guard let root = try? JSONDocument(parsing: entry.contents).root, let profile = try? SignInProfile(json: root)
        else { throw TokenStoreError(.corrupt, "the profile '\(name)' is malformed; sign in again") }
        return profile
    }

    nonisolated(nonsending) func save(_ name: String, in store: any TokenStore) async throws(TokenStoreError) {
        let present = try await store.load(Self.entryName(name))
        _ = try await store.save(json, as: Self.entryName(name), replacing: present?.version, until: nil)
    }

    nonisolated(nonsending) static func remove(_ name: String, from store: any TokenStore) async throws(TokenStoreError)
    {
        try await store.remove(entryName(name), version: nil)
    }
}
