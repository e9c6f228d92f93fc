import CountersignSchema

/// The tables that the methods are about: the client's definition, and a descriptor for each operation.
extension ClientSource {
    mutating func writeOperations() throws(Unsupported) {
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
        source.lay("private static let definition = ", .call(spelling.runtime("APIDefinition"), arguments))
    }

    private func layout(_ scheme: AuthorizationScheme) -> Layout {
        switch scheme.kind {
        case .clientCredentials(let oauth), .authorizationCode(let oauth), .device(let oauth),
            .tokenExchange(let oauth):
            .call(".clientCredentials", arguments(oauth))
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
        let authentication =
            switch oauth.clientAuthentication {
            case .secretBasic: ".clientSecretBasic"
            case .secretPost: ".clientSecretPost"
            case .secretJWT: ".clientSecretJWT"
            case .privateKeyJWT: ".privateKeyJWT"
            case .none: ".none"
            }
        arguments.append(.labelled("clientAuthentication", text: authentication))
        if !oauth.resources.isEmpty {
            let resources = oauth.resources.map { Layout.text(SwiftLiteral.string($0)) }
            arguments.append(.labelled("resources", .array(resources)))
        }
        add("audience", oauth.audience)
        if !oauth.parameters.isEmpty {
            let parameters = oauth.parameters.map { parameter in
                Layout.labelled(SwiftLiteral.string(parameter.name), text: SwiftLiteral.string(parameter.value))
            }
            arguments.append(.labelled("parameters", .array(parameters)))
        }
        if let algorithm = oauth.dpop { arguments.append(.labelled("dpop", text: ".\(algorithm)")) }
        return arguments
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
        operation.responses.flatMap { response -> [Layout] in
            let statuses = Self.statuses(response.status, default: [".successful"])
            switch (success(of: operation), response.content.type) {
            case (.choice, let type?):
                let name = SwiftIdentifier(ResponseChoice.name(of: response.status))
                return statuses.map { json($0, type, as: name) }
            case (_, nil): return statuses.map { .call(".empty", [.text($0)]) }
            case (_, _?): return statuses.map { .call(".json", [.text($0)]) }
            }
        }
    }

    private func errors(_ responses: [Response]) -> [Layout] {
        // Where no error has a body, there is nothing to tell them from.
        guard responses.contains(where: { $0.content.type != nil }) else { return [] }
        return responses.flatMap { response in
            Self.statuses(response.status, default: [".clientError", ".serverError"]).map { status in
                guard let type = response.content.type else { return .call(".withoutProblem", [.text(status)]) }
                guard case .several(let problems) = problem,
                    let name = problems.first(where: { $0.type == type })?.name
                else { return .call(".json", [.text(status)]) }
                return json(status, type, as: name)
            }
        }
    }

    /// A response that becomes a case of an enumeration.
    ///
    /// The case's constructor in place of the closure would not be `Sendable` in the language mode 5.
    private func json(_ status: String, _ type: TypeReference, as name: SwiftIdentifier) -> Layout {
        let arguments: [Layout] = [.text(status), .text(spelling.type(type) + ".self")]
        let closing = ") { .\(name.member)($0) }"
        return .list(opening: ".json(", arguments, closing: closing, isCollection: false)
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

    /// The errors that the client declares for all operations are written once.
    private func sharesProblems(_ operation: Schema.Operation) -> Bool {
        guard schema.errors.contains(where: { $0.content.type != nil }) else { return false }
        return operation.errors.map(\.key) == schema.errors.map(\.key)
    }

    private mutating func writeSharedProblems() {
        guard schema.operations.contains(where: sharesProblems) else { return }
        let type = "[\(spelling.runtime("APIResponse"))<\(problem.type(spelling))>]"
        source.blankLine()
        source.lay("private static let problems: \(type) = ", .array(errors(schema.errors)))
    }
}

extension Response {
    /// What makes two responses the same wherever they are declared.
    fileprivate struct Key: Equatable {
        var status: StatusPattern
        var content: Content
    }

    fileprivate var key: Key { Key(status: status, content: content) }
}
