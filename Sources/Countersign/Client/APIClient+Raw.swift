/// How the calls of an ``APIClient`` without a schema are authorized.
public struct APIAuthorization: Sendable {
    let scheme: SecurityScheme?
    let credentials: SchemeCredentials?
    let scopes: [String]

    /// Not at all.
    public static let none = APIAuthorization(scheme: nil, credentials: nil, scopes: [])

    /// Tokens by the client credentials grant (RFC 6749 section 4.4).
    ///
    /// - Parameters:
    ///   - credentials: Who the client is.
    ///   - issuer: The authorization server; its metadata says where its token endpoint is (RFC 8414). Where it has none,
    ///     name the endpoint with ``ClientCredentials/tokenEndpoint(_:)``.
    ///   - clientAuthentication: How the client shows who it is.
    ///   - scopes: The scopes to ask for; the server chooses when there is none.
    ///   - resources: Resource indicators (RFC 8707).
    ///   - audience: The `audience` parameter that some vendors' servers want.
    ///   - parameters: Further parameters of the token request.
    ///   - dpop: Binds the tokens to a key and signs every call with it (RFC 9449).
    public static func clientCredentials(
        _ credentials: ClientCredentials,
        issuer: String? = nil,
        clientAuthentication: ClientAuthentication = .clientSecretBasic,
        scopes: [String] = [],
        resources: [String] = [],
        audience: String? = nil,
        parameters: [String: String] = [:],
        dpop: DPoPAlgorithm? = nil
    ) -> APIAuthorization {
        APIAuthorization(
            scheme: .clientCredentials(
                issuer: issuer,
                clientAuthentication: clientAuthentication,
                resources: resources,
                audience: audience,
                parameters: parameters,
                dpop: dpop
            ),
            credentials: .clientCredentials(credentials),
            scopes: scopes
        )
    }

    /// Tokens from a source of the program's own.
    public static func token(_ source: any TokenSource, scopes: [String] = []) -> APIAuthorization {
        APIAuthorization(scheme: .token(), credentials: .token(source), scopes: scopes)
    }

    /// One bearer token (RFC 6750).
    public static func bearer(_ token: Secret) -> APIAuthorization {
        APIAuthorization(scheme: .bearer(), credentials: .bearer(token), scopes: [])
    }

    /// A user name and a password (RFC 7617).
    public static func basic(_ credentials: BasicCredentials) -> APIAuthorization {
        APIAuthorization(scheme: .basic(), credentials: .basic(credentials), scopes: [])
    }

    /// A key in a header field.
    public static func apiKey(header name: HTTP.FieldName, _ key: Secret) -> APIAuthorization {
        APIAuthorization(scheme: .apiKey(header: name), credentials: .apiKey(key), scopes: [])
    }

    /// A key in the query.
    public static func apiKey(query name: String, _ key: Secret) -> APIAuthorization {
        APIAuthorization(scheme: .apiKey(query: name), credentials: .apiKey(key), scopes: [])
    }
}

extension APIClient {
    /// A client without a schema.
    ///
    /// - Parameters:
    ///   - server: The URL that every path is appended to: https, or http on loopback. One that cannot be used makes
    ///     every call fail with ``CallErrorKind/invalidRequest``.
    ///   - name: What errors call the client.
    ///   - authorization: How every call is authorized.
    ///   - runtime: What the client shares with others: connections, tokens, keys.
    public init(
        server: String,
        name: String = "APIClient",
        authorization: APIAuthorization = .none,
        runtime: Runtime = .shared
    ) {
        let definition = APIDefinition(
            name: name,
            schemes: authorization.scheme.map { [$0] } ?? [],
            requirements: authorization.scheme.map { _ in [.scheme(0, scopes: authorization.scopes)] } ?? []
        )
        let credentials = authorization.credentials.map { [$0] } ?? []
        self.init(definition, server: server, credentials: credentials, runtime: runtime)
    }

    /// Makes a call and returns the response, whatever its status.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path below the server's URL, beginning with a slash, percent-encoded. It may have a query.
    ///   - query: Names and values to append to the query; they are encoded here.
    ///   - fields: Header fields to send; the authorization is added to them.
    ///   - body: The body, if there is one.
    /// - Throws: ``CallError``: no token, no connection, or a path or field that cannot be sent.
    public nonisolated(nonsending) func send(
        _ method: HTTP.Method,
        _ path: String,
        query: [(name: String, value: String)] = [],
        fields: HTTP.Fields = [:],
        body: HTTP.Body? = nil
    ) async throws(CallError<Never>) -> HTTP.Response {
        let metadata: @Sendable () -> OperationMetadata = { [core] in
            OperationMetadata(client: core.name, name: nil, method: method, pathTemplate: nil)
        }
        do throws(CallFailure) {
            let server = try core.usableServer(options?.server, metadata)
            let request = try rawRequest(method, path, query, fields, body, server) { metadata().description }
            let call = ClientCore.Call(
                operation: metadata,
                requirement: core.firstRequirement,
                idempotencyKey: nil,
                timeout: options?.timeout,
                box: boxed
            )
            if core.watches(options) { return try await core.sendWatched(request, for: call, from: server) }
            let deadline = core.deadline(call.timeout)
            return try await core.sendAuthorized(request, for: call, from: server, until: deadline)
        } catch {
            throw CallError(error)
        }
    }

    private func rawRequest(
        _ method: HTTP.Method,
        _ path: String,
        _ query: [(name: String, value: String)],
        _ fields: HTTP.Fields,
        _ body: HTTP.Body?,
        _ server: ClientCore.Server,
        _ name: () -> String
    ) throws(CallFailure) -> HTTP.Request {
        // What the runtime puts there itself must not come from elsewhere.
        for forbidden in HTTP.FieldName.ofTheRuntime where fields.contains(forbidden) {
            throw CallFailure(.invalidRequest, in: name(), "the field \(forbidden) is set by the runtime")
        }
        if let field = fields.first(where: { !HTTP.Field.isValidValue($0.value) }) {
            let reason = "the value of the header \(field.name) has characters that no header may carry"
            throw CallFailure(.invalidRequest, in: name(), reason)
        }
        var draft = RequestDraft(basePath: server.basePath, template: [path])
        for (name, value) in query { draft.appendQuery(name, value) }
        do {
            let url = try HTTP.URL(origin: server.origin, target: draft.target)
            guard path.hasPrefix("/") else { throw HTTP.URLError("the path must begin with /") }
            return HTTP.Request(method: method, url: url, fields: fields, body: body)
        } catch {
            throw CallFailure(.invalidRequest, in: name(), "the path is not one: \(error)")
        }
    }
}

extension ClientCore {
    var firstRequirement: Int? { definition.requirements.isEmpty ? nil : 0 }
}
