import CountersignCrypto
@_spi(Generated) import CountersignJSON

extension FakeAuthorizationServer {
    /// The server's metadata (RFC 8414, OpenID Connect Discovery).
    var metadata: JSONValue {
        let configuration = configuration
        let clients = state.withLock { Array($0.clients.values) }
        let methods = Set(clients.map(\.authentication.method)).sorted().map(JSONValue.string)
        let grants = clients.reduce(into: Set<GrantType>()) { $0.formUnion($1.grantTypes) }.map(\.rawValue).sorted()
        let scopes = clients.reduce(into: Set<String>()) { $0.formUnion($1.scopes) }.sorted()
        let proofAlgorithms = configuration.proofAlgorithms.map(\.rawValue).sorted()
        var members: [String: JSONValue] = [
            "issuer": .string(issuer),
            "token_endpoint": .string(url(of: .token)),
            "jwks_uri": .string(url(of: .jwks)),
            "revocation_endpoint": .string(url(of: .revocation)),
            "introspection_endpoint": .string(url(of: .introspection)),
            "grant_types_supported": .array(grants.map(JSONValue.string)),
            "scopes_supported": .array(scopes.map(JSONValue.string)),
            "authorization_endpoint": .string(url(of: .authorization)),
            "authorization_response_iss_parameter_supported": .bool(configuration.sendsIssuerParameter),
            "device_authorization_endpoint": .string(url(of: .deviceAuthorization)),
            "userinfo_endpoint": .string(url(of: .userinfo)),
            "end_session_endpoint": .string(url(of: .endSession)),
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
            "response_types_supported": ["code"],
            "response_modes_supported": .array(
                AuthorizationResponse.ResponseMode.allCases.map { .string($0.rawValue) }
            ),
            "code_challenge_methods_supported": ["S256"],
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [.string(configuration.idTokenAlgorithm.rawValue)],
            "token_endpoint_auth_methods_supported": .array(methods),
            "token_endpoint_auth_signing_alg_values_supported": .array(
                (["HS256"] + SignatureAlgorithm.allCases.map(\.rawValue)).map(JSONValue.string)
            ),
            "dpop_signing_alg_values_supported": .array(proofAlgorithms.map(JSONValue.string)),
        ]
        if configuration.pushedAuthorizationRequests != .none {
            members["pushed_authorization_request_endpoint"] = .string(url(of: .pushedAuthorization))
            members["require_pushed_authorization_requests"] = .bool(
                configuration.pushedAuthorizationRequests == .required
            )
        }
        members.merge(configuration.metadata) { $1 }
        return .object(members.filter { $0.value != .null })
    }
}
