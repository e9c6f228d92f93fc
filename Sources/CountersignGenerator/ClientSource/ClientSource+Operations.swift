import CountersignSchema

/// The tables that the methods use: the client's definition, and a descriptor for each operation.
extension ClientSource {
    mutating func writeOperations() throws(GenerationError) {
        source.blankLine()
        source.line("// MARK: - Operations")
        source.blankLine()
        source.open("nonisolated extension \(schema.name) {")
        writeDefinition()
        if !schema.operations.isEmpty {
            source.blankLine()
            source.open("private enum \(spelling.operations) {")
            for (index, operation) in schema.operations.enumerated() { write(operation, requirements.numbers[index]) }
            writeSharedProblems()
            source.close()
        }
        source.close()
    }

    private mutating func writeDefinition() {
        var arguments: [Layout] = [.labelled("name", text: SwiftLiteral.string(schema.name))]
        if !schema.schemes.isEmpty {
            arguments.append(.labelled("schemes", .array(schema.schemes.map(layout))))
        }
        if !requirements.requirements.isEmpty {
            arguments.append(.labelled("requirements", .array(requirements.requirements)))
        }
        var servers: [String] = []
        for case let server? in schema.operations.map(\.server) where !servers.contains(server) {
            servers.append(server)
        }
        if !servers.isEmpty {
            arguments.append(.labelled("servers", .array(servers.map { .text(SwiftLiteral.string($0)) })))
        }
        if let timeout = schema.timeout { arguments.append(.labelled("timeout", text: Self.literal(timeout))) }
        source.lay("private static let definition = ", .call(spelling.runtime("APIDefinition"), arguments))
    }

    private func layout(_ scheme: AuthorizationScheme) -> Layout {
        switch scheme.kind {
        case .clientCredentials(let oauth): .call(".clientCredentials", [.call(".init", arguments(oauth))])
        case .tokenExchange(let oauth): .call(".tokenExchange", [.call(".init", arguments(oauth))])
        case .authorizationCode(let oauth), .device(let oauth): .call(".user", userArguments(oauth))
        case .token: .text(".token()")
        case .bearer: .text(".bearer()")
        case .basic: .text(".basic()")
        case .apiKey(.header(let name)): .call(".apiKey", [.labelled("header", text: SwiftLiteral.string(name))])
        case .apiKey(.query(let name)): .call(".apiKey", [.labelled("query", text: SwiftLiteral.string(name))])
        }
    }

    private func arguments(_ oauth: OAuthParameters) -> [Layout] {
        var arguments: [Layout] = []
        func add(_ label: String, _ text: String?) {
            if let text { arguments.append(.labelled(label, text: SwiftLiteral.string(text))) }
        }
        add("issuer", oauth.issuer)
        add("tokenEndpoint", oauth.tokenEndpoint)
        if let authentication = oauth.clientAuthentication {
            arguments.append(.labelled("clientAuthentication", text: literal(authentication)))
        }
        if !oauth.resources.isEmpty { arguments.append(.labelled("resources", Self.strings(oauth.resources))) }
        add("audience", oauth.audience)
        if !oauth.parameters.isEmpty { arguments.append(.labelled("parameters", Self.dictionary(oauth.parameters))) }
        if let algorithm = oauth.dpop { arguments.append(.labelled("dpop", text: ".\(algorithm)")) }
        if !oauth.endpointOrigins.isEmpty {
            arguments.append(.labelled("endpointOrigins", Self.strings(oauth.endpointOrigins)))
        }
        return arguments
    }

    /// Returns the arguments of a scheme of users; a session has the other parameters from sign-in.
    private func userArguments(_ oauth: OAuthParameters) -> [Layout] {
        var arguments: [Layout] = []
        if let issuer = oauth.issuer {
            arguments.append(.labelled("issuer", text: SwiftLiteral.string(issuer)))
        }
        if !oauth.resources.isEmpty { arguments.append(.labelled("resources", Self.strings(oauth.resources))) }
        if !oauth.parameters.isEmpty { arguments.append(.labelled("parameters", Self.dictionary(oauth.parameters))) }
        if oauth.tokenPerScopes { arguments.append(.labelled("tokenPerScopes", text: "true")) }
        return arguments
    }

    static func strings(_ texts: [String]) -> Layout {
        .array(texts.map { .text(SwiftLiteral.string($0)) })
    }

    static func dictionary(_ parameters: [OAuthParameters.Parameter]) -> Layout {
        .array(
            parameters.map { .labelled(SwiftLiteral.string($0.name), text: SwiftLiteral.string($0.value)) }
        )
    }

    func literal(_ authentication: OAuthParameters.ClientAuthentication) -> String {
        switch authentication {
        case .secretBasic: ".clientSecretBasic"
        case .secretPost: ".clientSecretPost"
        case .secretJWT: ".clientSecretJWT"
        case .privateKeyJWT: ".privateKeyJWT"
        // The parameter is optional: `.none` without a type would be nil.
        case .unauthenticated: spelling.runtime("ClientAuthentication") + ".none"
        }
    }

    // MARK: Descriptors

    private mutating func write(_ operation: Schema.Operation, _ requirement: Int?) {
        let name = SwiftIdentifier(operation.swiftName).declared
        var arguments: [Layout] = [
            .text(SwiftLiteral.string(operation.name)), .text(".\(operation.method)"),
            .text(SwiftLiteral.string(operation.path.text)),
        ]
        if let requirement { arguments.append(.labelled("requirement", text: String(requirement))) }
        if let header = operation.idempotencyKey {
            arguments.append(.labelled("idempotencyKey", text: SwiftLiteral.string(header)))
        }
        if let server = operation.server {
            arguments.append(.labelled("server", text: SwiftLiteral.string(server)))
        }
        if let timeout = operation.timeout { arguments.append(.labelled("timeout", text: Self.literal(timeout))) }
        arguments.append(.labelled("returns", .array(returns(operation))))
        if sharesProblems(operation) {
            arguments.append(.labelled("errors", text: "problems"))
        } else {
            let errors = self.errors(operation.errors)
            if !errors.isEmpty { arguments.append(.labelled("errors", .array(errors))) }
        }
        let types = "<\(type(of: success(of: operation))), \(problem.type(spelling))>"
        source.lay("static let \(name) = ", .call(spelling.runtime("APIOperation") + types, arguments))
    }

    private func returns(_ operation: Schema.Operation) -> [Layout] {
        let success = success(of: operation)
        return operation.responses.flatMap { response -> [Layout] in
            let name = SwiftIdentifier(ResponseChoice.name(of: response.status))
            return Self.statuses(response.status, default: [".successful"]).map { status in
                switch (success, response.value) {
                case (.choice, _?): return self.case(response, status, name)
                case (.choice, nil): return .call(".empty", [.text(status), .text("." + name.member)])
                case (.optional, nil): return .call(".empty", [.text(status), .text("nil")])
                case (.optional, let type?) where type == type.unwrapped:
                    return .call(response.reader, [.text(status), .text(spelling.type(type) + ".self")])
                case (_, nil): return .call(".empty", [.text(status)])
                case (_, _?): return .call(response.reader, [.text(status)])
                }
            }
        }
    }

    private static func literal(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        return milliseconds % 1000 == 0 ? ".seconds(\(seconds))" : ".milliseconds(\(milliseconds))"
    }

    private func errors(_ responses: [Response]) -> [Layout] {
        // If no error has a body, the runtime needs no list of them.
        guard responses.contains(where: { $0.value != nil }) else { return [] }
        return responses.flatMap { response in
            Self.statuses(response.status, default: [".clientError", ".serverError"]).map { status in
                guard let type = response.value else { return .call(".withoutProblem", [.text(status)]) }
                guard case .several(let problems) = problem,
                    let name = problems.first(where: { $0.type == type })?.name
                else { return .call(response.reader, [.text(status)]) }
                return self.case(response, status, name)
            }
        }
    }

    /// Returns the descriptor of a response that becomes a case of an enumeration.
    ///
    /// It uses a closure, since a reference to the case is not `Sendable` in language mode 5.
    private func `case`(_ response: Response, _ status: String, _ name: SwiftIdentifier) -> Layout {
        let type = response.value.map { spelling.type($0) + ".self" } ?? ""
        let arguments: [Layout] = [.text(status), .text(type)]
        let closing = ") { .\(name.member)($0) }"
        return .list(opening: response.reader + "(", arguments, closing: closing, isCollection: false)
    }

    private static func statuses(_ pattern: StatusPattern, default all: [String]) -> [String] {
        switch pattern {
        case .exact(let status): [String(status)]
        case .hundred(1): [".informational"]
        case .hundred(2): [".successful"]
        case .hundred(3): [".redirection"]
        case .hundred(4): [".clientError"]
        case .hundred: [".serverError"]
        case .any: all
        }
    }

    // MARK: Problems

    /// Indicates whether the operation uses the errors of the client, which are written only once.
    private func sharesProblems(_ operation: Schema.Operation) -> Bool {
        guard schema.errors.contains(where: { $0.value != nil }) else { return false }
        return operation.errors.map(\.key) == schema.errors.map(\.key)
    }

    private mutating func writeSharedProblems() {
        guard schema.operations.contains(where: sharesProblems) else { return }
        let type = "[\(spelling.runtime("APIResponse"))<\(problem.type(spelling))>]"
        source.blankLine()
        source.lay("private static let problems: \(type) = ", .array(errors(schema.errors)))
    }
}
