extension APIClient {
    /// Creates a client without a schema.
    ///
    /// - Parameters:
    ///   - server: The base URL that each path is appended to: `https`, or `http` on loopback. With an invalid URL, each call
    ///     fails with ``CallErrorKind/invalidRequest``.
    ///   - name: The name of the client in errors and events.
    ///   - authorization: The authorization of each call.
    ///   - runtime: The owner of connections, tokens and keys. Clients of one runtime share them.
    public init(
        server: String,
        name: String = "APIClient",
        authorization: APIAuthorization = .none,
        runtime: CountersignRuntime = .shared
    ) {
        let definition = APIDefinition(
            name: name,
            schemes: authorization.scheme.map { [$0] } ?? [],
            requirements: authorization.scheme.map { _ in [.scheme(0, scopes: authorization.scopes)] } ?? []
        )
        let credentials = authorization.credentials.map { [$0] } ?? []
        self.init(definition, server: server, credentials: credentials, runtime: runtime)
    }

    /// Makes a call and returns its response, with any status.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path below the URL of the server. It begins with a slash, is percent-encoded, and may have a query.
    ///   - query: Names and values to append to the query. They are encoded here.
    ///   - fields: Header fields of the request. The authorization is added to them.
    ///   - body: The body, if there is one.
    /// - Throws: ``CallError`` if no token was obtained, no response was received, or the path or a field is invalid.
    public nonisolated(nonsending) func send(
        _ method: HTTP.Method,
        _ path: String,
        query: [(name: String, value: String)] = [],
        fields: HTTP.Fields = [:],
        body: HTTP.Body? = nil
    ) async throws(CallError<Never>) -> HTTP.Response {
        let operation = UnnamedOperation(method: method)
        let call = APICall(
            operation,
            of: self,
            at: try configuration.server(options?.server, for: operation),
            requirement: configuration.firstRequirement,
            timeout: options?.timeout
        )
        let url = try Self.url(of: call, path: path, query: query)
        try Self.validate(fields, of: call)
        if let rejection = options?.rejection { throw CallError(.invalidRequest, in: call.context, rejection) }
        var request = HTTP.Request(method: method, url: url, fields: fields, body: body)
        options?.addFields(to: &request.fields)
        let pipeline = CallPipeline(call: call)
        return try await pipeline.isObserved ? pipeline.sendObserved(request) : pipeline.send(request)
    }

    private static func url(
        of call: APICall,
        path: String,
        query: [(name: String, value: String)]
    ) throws(CallError<Never>) -> HTTP.URL {
        var draft = RequestDraft(basePath: call.server.basePath, template: [path])
        for (name, value) in query { draft.appendQuery(name, value) }
        do {
            let url = try HTTP.URL(origin: call.server.origin, target: draft.target)
            guard path.hasPrefix("/") else { throw HTTP.URLError("it must begin with /") }
            return url
        } catch {
            throw CallError(.invalidRequest, in: call.context, "the path is invalid: \(error)")
        }
    }

    private static func validate(_ fields: HTTP.Fields, of call: APICall) throws(CallError<Never>) {
        for reserved in HTTP.FieldName.reservedForRuntime where fields.contains(reserved) {
            let message = "the header field \(reserved) is set by the runtime; remove it from the request"
            throw CallError(.invalidRequest, in: call.context, message)
        }
        if let field = fields.first(where: { !HTTP.Field.isValidValue($0.value) }) {
            let message = "the value of the header field \(field.name) contains invalid characters"
            throw CallError(.invalidRequest, in: call.context, message)
        }
    }
}
