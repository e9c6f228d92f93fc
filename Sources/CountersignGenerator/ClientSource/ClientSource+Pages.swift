import CountersignSchema

/// The bodies of paged methods.
extension ClientSource {
    mutating func writePages(
        _ operation: Schema.Operation,
        _ pagination: Pagination,
        _ parameters: [MethodParameter],
        client: String,
        request: String
    ) {
        let output = output(of: operation)
        var items = output.text
        var isOptional = output.isOptional
        if let field = pagination.items {
            items += member(field)
            isOptional = isOptional || field.type != field.type.unwrapped
        } else if items.hasSuffix("?") {
            items.removeLast()
        }
        if isOptional { items += " ?? []" }
        var arguments: [Layout] = [.text(request)]
        func given(_ parameter: String) -> Layout {
            let field = operation.queryParameters.first { $0.field.name == parameter }?.field
            return .text(field.map { argument($0) } ?? "nil")
        }
        if case .cursor(_, let parameter) = pagination.next {
            arguments += [
                .labelled("cursor", given(parameter)), .labelled("into", text: SwiftLiteral.string(parameter)),
            ]
        } else if case .page(let parameter) = pagination.next {
            arguments += [.labelled("page", given(parameter)), .labelled("into", text: SwiftLiteral.string(parameter))]
        }
        arguments.append(.labelled("items", text: "{ \(items) }"))
        if case .cursor(let next, _) = pagination.next {
            let value = spelling.parameter(output.text + member(next), of: next.type)
            arguments.append(.labelled("next", text: "{ \(value) }"))
        }
        guard schema.generatesStub else {
            return source.lay("return ", .call("\(client).pages", arguments))
        }
        let pages = SwiftIdentifier.free("pages", avoiding: Set(parameters.map(\.name.name)))
        source.lay("let \(pages) = ", .call("\(client).pages", arguments))
        writeStubbedPages(operation, parameters, pages)
    }

    /// Returns access to a field of the response; null counts as absent.
    private func member(_ field: Field) -> String {
        let isPatch = if case .optional(.nullable) = field.type { true } else { false }
        return "." + SwiftIdentifier(field.storedName).member + (isPatch ? "?.value" : "")
    }

    /// Returns an expression for the response that contains the items, in a closure with the parameter `$0`.
    private func output(of operation: Schema.Operation) -> (text: String, isOptional: Bool) {
        let response = operation.responses.first { $0.value != nil }
        var text = "$0"
        var isOptional = false
        if case .optional = success(of: operation) {
            text += "?"
            isOptional = true
        }
        if response?.headers.isEmpty == false { text += ".body" }
        if let body = response?.body, body != body.unwrapped, !text.hasSuffix("?") {
            text += "?"
            isOptional = true
        }
        return (text, isOptional)
    }
}
