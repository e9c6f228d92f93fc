import CountersignSchema

/// The stub: a client whose responses come from closures instead of a server.
extension ClientSource {
    mutating func writeStubFunction() {
        source.blankLine()
        source.documentation(
            [
                "Returns a client for tests whose calls run closures.",
                "A call without a closure throws an error of kind `notStubbed`.",
            ]
        )
        source.open("\(access)static func stub(_ configure: (inout Stub) -> Void) -> \(schema.name) {")
        source.line("var stub = Stub()")
        source.line("configure(&stub)")
        let handlers = "\(spelling.runtime("StubHandlers"))(stub)"
        let arguments: [Layout] = [
            .labelled(
                "client",
                .call(
                    spelling.runtime("APIClient"),
                    [.text("definition"), .labelled("server", text: "\"https://stub.invalid\"")]
                )
            ),
            .labelled("stubHandlers", text: handlers),
        ]
        source.lay("return ", .call(schema.name, arguments))
        source.close()
    }

    mutating func writeStub() throws(GenerationError) {
        source.blankLine()
        source.open("nonisolated extension \(schema.name) {")
        source.documentation("The closures of a stub, one for each operation.")
        source.open("\(access)struct Stub: Sendable {")
        for operation in schema.operations {
            let parameters = try parameters(of: operation).map { parameter in
                Layout.labelled("_ " + SwiftIdentifier(parameter.name.name).declared, text: parameter.type)
            }
            let success = success(of: operation)
            var result = type(of: success)
            if operation.pagination != nil { result = "[\(result)]" }
            source.documentation(
                "The closure of `\(operation.swiftName)`\(operation.pagination == nil ? "" : ", which returns all pages")."
            )
            write(
                "\(access)var \(SwiftIdentifier(operation.swiftName).declared):",
                .list(
                    opening: "@Sendable (",
                    parameters,
                    closing: ") async throws(Failure) -> \(result)",
                    isCollection: false
                )
            )
        }
        source.close()
        source.close()
    }

    /// Writes a property for an optional closure.
    private mutating func write(_ property: String, _ closure: Layout) {
        if source.fits(property + " (", closure, ")?") {
            source.lay(property + " (", closure, ")?")
            return
        }
        source.open(property)
        source.open("(")
        source.lay("", closure)
        source.close(")?")
        source.outdent()
    }

    /// Writes the call of the operation's closure in a stub.
    mutating func writeStubbedCall(
        _ operation: Schema.Operation,
        _ parameters: [MethodParameter],
        client: String,
        descriptor: String
    ) {
        let stub = unwrapStub(parameters)
        source.open("if let \(stub.binding) {")
        let member = SwiftIdentifier(operation.swiftName).member
        let closure = "\(client).stubbed(\(descriptor), \(stub.name).stub.\(member))"
        source.lay("return try await ", .call(closure, parameters.map { .text($0.name.argument) }))
        source.close()
    }

    /// Writes the call of a paged operation's closure in a stub, which returns all pages at once.
    mutating func writeStubbedPages(_ operation: Schema.Operation, _ parameters: [MethodParameter], _ pages: String) {
        let stub = unwrapStub(parameters)
        source.line("guard let \(stub.binding) else { return \(pages) }")
        let member = SwiftIdentifier(operation.swiftName).member
        let closure = SwiftIdentifier.free("closure", avoiding: Set(parameters.map(\.name.name)))
        source.open("return \(pages).stubbed(\(stub.name).stub.\(member)) { (\(closure)) throws(Failure) in")
        source.lay("try await ", .call(closure, parameters.map { .text($0.name.argument) }))
        source.close()
    }

    private func unwrapStub(_ parameters: [MethodParameter]) -> (name: String, binding: String) {
        let taken = Set(parameters.map(\.name.name))
        let name = SwiftIdentifier.free("stubHandlers", avoiding: taken)
        return (name, taken.contains("stubHandlers") ? "\(name) = self.stubHandlers" : name)
    }
}
