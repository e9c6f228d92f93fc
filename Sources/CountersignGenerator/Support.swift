import CountersignSchema

extension ClientSource {
    /// Refuses what the language can say and the runtime cannot do yet.
    func requireSupport() throws(Unsupported) {
        if case .named(let servers) = schema.servers {
            throw Unsupported(servers.first?.location ?? schema.location, "several servers are not supported yet")
        }
        if schema.timeout != nil { throw Unsupported(schema.location, "'timeout' is not supported yet") }
        if schema.generatesStub { throw Unsupported(schema.location, "'stub' is not supported yet") }
        for scheme in schema.schemes { try requireSupport(of: scheme) }
        for type in schema.types { try requireSupport(of: type) }
        for operation in schema.operations { try requireSupport(of: operation) }
    }

    private func requireSupport(of scheme: AuthorizationScheme) throws(Unsupported) {
        switch scheme.kind {
        case .clientCredentials(let oauth):
            guard let algorithm = oauth.dpop, algorithm != .es256, algorithm != .edDSA else { return }
            throw Unsupported(scheme.location, "proofs signed with \(algorithm.rawValue) are not supported yet")
        case .token, .bearer, .basic, .apiKey: return
        case .authorizationCode: throw Unsupported(scheme.location, "'authorizationCode' is not supported yet")
        case .device: throw Unsupported(scheme.location, "'device' is not supported yet")
        case .tokenExchange: throw Unsupported(scheme.location, "'tokenExchange' is not supported yet")
        }
    }

    private func requireSupport(of declaration: TypeDeclaration) throws(Unsupported) {
        switch declaration.kind {
        case .structure(let structure):
            for field in structure.fields { try requireSupport(of: field.type, at: field.location) }
            if let others = structure.others { try requireSupport(of: others, at: declaration.location) }
        case .wrapper(let type), .alias(let type):
            try requireSupport(of: type, at: declaration.location)
        case .oneOf(let choice):
            for option in choice.cases {
                try requireSupport(of: option.type, at: option.location)
                guard case .named(let name) = spelling.resolved(option.type),
                    case .structure? = spelling.declaration(of: name)?.kind
                else { throw Unsupported(option.location, "a 'oneOf' of types without 'fields' is not supported yet") }
            }
        case .enumeration:
            return
        }
    }

    private func requireSupport(of operation: Schema.Operation) throws(Unsupported) {
        if operation.server != nil {
            throw Unsupported(operation.location, "the 'server' of an operation is not supported yet")
        }
        if operation.timeout != nil {
            throw Unsupported(operation.location, "the 'timeout' of an operation is not supported yet")
        }
        for parameter in operation.pathParameters + operation.queryParameters + operation.headerParameters {
            try requireSupport(of: parameter.field.type, at: parameter.field.location)
            var type = spelling.resolved(parameter.field.type.unwrapped)
            if case .list(let element) = type { type = element }
            guard spelling.isScalar(type) else {
                throw Unsupported(parameter.field.location, "a parameter of this type is not supported yet")
            }
        }
        for parameter in operation.queryParameters where parameter.style != .repeat {
            let style = parameter.style.rawValue
            throw Unsupported(parameter.field.location, "the style '\(style)' is not supported yet")
        }
        switch operation.body {
        case .fields(let structure, _)?:
            for field in structure.fields { try requireSupport(of: field.type, at: field.location) }
        case .json(let type)?:
            try requireSupport(of: type, at: operation.location)
            try requireUsualFormat(of: type, at: operation.location)
        case .form?: throw Unsupported(operation.location, "'form' bodies are not supported yet")
        case .multipart?: throw Unsupported(operation.location, "'multipart' bodies are not supported yet")
        case .raw?: throw Unsupported(operation.location, "'raw' bodies are not supported yet")
        case nil: break
        }
        for response in operation.responses + operation.errors { try requireSupport(of: response) }
        if operation.responses.contains(where: { $0.content == .nothing }) {
            guard case .nothing = success(of: operation) else {
                throw Unsupported(operation.location, "an answer with and without a body is not supported yet")
            }
        }
        if let pagination = operation.pagination { try requireSupport(of: pagination, in: operation) }
    }

    private func requireSupport(of pagination: Pagination, in operation: Schema.Operation) throws(Unsupported) {
        guard case .value = success(of: operation) else {
            throw Unsupported(pagination.location, "pages of more than one type are not supported yet")
        }
        switch pagination.next {
        case .linkHeader: throw Unsupported(pagination.location, "'linkHeader' is not supported yet")
        case .page: throw Unsupported(pagination.location, "pages by number are not supported yet")
        case .cursor: return
        }
    }

    private func requireSupport(of response: Response) throws(Unsupported) {
        if !response.headers.isEmpty {
            throw Unsupported(response.location, "the headers of an answer are not supported yet")
        }
        switch response.content {
        case .nothing: return
        case .json(let type):
            try requireSupport(of: type, at: response.location)
            try requireUsualFormat(of: type, at: response.location)
        case .stream: throw Unsupported(response.location, "'stream' is not supported yet")
        case .events: throw Unsupported(response.location, "'events' are not supported yet")
        }
    }

    /// A body is what its type writes; formats belong to fields and parameters.
    private func requireUsualFormat(of type: TypeReference, at location: SourceLocation) throws(Unsupported) {
        guard let format = spelling.timestampFormat(of: type) else { return }
        throw Unsupported(
            location,
            "a body that is a timestamp is rfc3339; for '\(format.rawValue)' use a type that wraps it: "
                + "'{ wraps: { timestamp: \(format.rawValue) } }'"
        )
    }

    private func requireSupport(of type: TypeReference, at location: SourceLocation) throws(Unsupported) {
        switch type {
        case .scalar(.file): throw Unsupported(location, "'file' is not supported yet")
        case .scalar, .named: return
        case .list(let inner), .map(let inner), .optional(let inner), .nullable(let inner):
            try requireSupport(of: inner, at: location)
        }
    }
}
