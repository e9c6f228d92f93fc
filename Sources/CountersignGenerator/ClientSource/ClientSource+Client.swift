import CountersignSchema

/// The client type: its properties, initializers and methods.
extension ClientSource {
    mutating func writeClient() throws(GenerationError) {
        source.blankLine()
        source.documentation(schema.description ?? "A client of the API at `\(server)`.")
        source.open("nonisolated \(access)struct \(schema.name): Sendable {")
        source.documentation("The error that the calls of this client throw.")
        source.line("\(access)typealias Failure = \(spelling.runtime("CallError"))<\(problem.type(spelling))>")
        source.blankLine()
        source.line("private let client: \(spelling.runtime("APIClient"))")
        let handlers = "\(spelling.runtime("StubHandlers"))<Stub>?"
        if schema.generatesStub { source.line("private let stubHandlers: \(handlers)") }
        writeSignIns()
        writeInitialiser()
        source.blankLine()
        let stub = schema.generatesStub ? ", stubHandlers: \(handlers)" : ""
        source.open("private init(client: \(spelling.runtime("APIClient"))\(stub)) {")
        source.line("self.client = client")
        if schema.generatesStub { source.line("self.stubHandlers = stubHandlers") }
        source.close()
        source.blankLine()
        source.documentation("Returns a copy of this client that makes its calls with the given options.")
        source.open("\(access)func options(_ options: \(spelling.runtime("CallOption"))...) -> \(schema.name) {")
        source.line(copy(withClient: "client.options(options)"))
        source.close()
        writeWithResponse()
        if schema.generatesStub { writeStubFunction() }
        if schema.schemes.contains(where: \.hasTokens) {
            source.blankLine()
            source.documentation("The access tokens of this client.")
            source.line("\(access)var tokens: \(spelling.runtime("ClientTokens")) { client.tokens }")
        }
        writeValidate()
        for operation in schema.operations { try writeMethod(operation) }
        source.close()
        if case .named(let servers) = schema.servers { writeServers(servers) }
        if schema.generatesStub { try writeStub() }
    }

    private var server: String {
        switch schema.servers {
        case .single(let url): url
        case .named(let servers): servers.first?.url ?? ""
        }
    }

    /// Returns an expression for a copy of the generated client with another `APIClient`.
    private func copy(withClient client: String) -> String {
        "\(schema.name)(client: \(client)\(schema.generatesStub ? ", stubHandlers: stubHandlers" : ""))"
    }

    private mutating func writeWithResponse() {
        source.blankLine()
        source.documentation(
            [
                "Makes calls, and returns their result with the status and header fields of the last response.",
                "The head is nil if no response was received.",
            ]
        )
        let error = spelling.swift("Error")
        let calls = "nonisolated(nonsending) (\(schema.name)) async throws(CallsFailure) -> Value"
        source.open(
            "\(access)nonisolated(nonsending) ",
            .call("func withResponse<Value, CallsFailure: \(error)>", [.labelled("_ calls", text: calls)]),
            " async throws(CallsFailure) -> (value: Value, head: \(spelling.runtime("ResponseHead"))?) {"
        )
        source.line("let recorder = \(spelling.runtime("ResponseRecorder"))()")
        source.line("let value = try await calls(\(copy(withClient: "client.recording(to: recorder)")))")
        source.line("return (value, recorder.head)")
        source.close()
    }

    /// Writes the start-up check, unless an operation has its name.
    private mutating func writeValidate() {
        guard !schema.operations.contains(where: { $0.swiftName == "validate" }) else { return }
        source.blankLine()
        source.documentation(
            [
                "Validates the configuration of this client: servers, secrets, keys, metadata, and one token for each scheme.",
                "Its error names all problems. Tokens of users are not requested.",
            ]
        )
        let error = spelling.runtime("ClientValidationError")
        source.open("\(access)nonisolated(nonsending) func validate() async throws(\(error)) {")
        source.line("try await client.validate()")
        source.close()
    }

    private mutating func writeInitialiser() {
        var parameters: [Layout] = []
        var documentation: [(name: String, text: String)] = []
        var credentials: [Layout] = []
        for index in schema.schemes.indices {
            let (asked, argument) = self.credentials(index)
            for credential in asked {
                parameters.append(.labelled(credential.name.parameter, text: credential.type))
                documentation.append((credential.name.name, credential.documentation))
            }
            credentials.append(argument)
        }
        var server: [Layout] = [.labelled("server", text: "server")]
        if case .named(let servers) = schema.servers {
            let first = SwiftIdentifier(servers.first?.swiftName ?? "").member
            parameters.append(.labelled("server", text: "Server = .\(first)"))
            server = [.labelled("server", text: "server.url")]
            if schema.serversHaveIssuers { server.append(.labelled("issuer", text: "server.issuer")) }
            documentation.append(("server", "The server of the API."))
        } else {
            let url = "\(spelling.swift("String")) = \(SwiftLiteral.string(self.server))"
            parameters.append(.labelled("server", text: url))
            documentation.append(("server", "The base URL of the API."))
        }
        parameters.append(.labelled("runtime", text: "\(spelling.runtime("CountersignRuntime")) = .shared"))
        documentation.append(("runtime", "The owner of connections and tokens, which clients of one runtime share."))
        source.blankLine()
        source.documentation(["Creates a client of the API at `server`."], parameters: documentation)
        source.open("\(access)init", .call("", parameters), " {")
        let arguments: [Layout] =
            [.text("Self.definition")] + server
            + [.labelled("credentials", .array(credentials)), .labelled("runtime", text: "runtime")]
        source.lay("client = ", .call(spelling.runtime("APIClient"), arguments))
        if schema.generatesStub { source.line("stubHandlers = nil") }
        source.close()
    }
}
