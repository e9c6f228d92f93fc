extension SchemaBuilder {
    /// Builds `path`, `query` and `headers` of an operation.
    func buildParameters(
        _ mapping: Mapping,
        template: PathTemplate?,
        templateLocation: SourceLocation,
        into operation: inout Schema.Operation
    ) {
        let errorsBefore = diagnostics.errorCount
        let path = parameters(mapping["path"], of: "'path'", in: operation).map { (entry, parameter) in
            if !isText(parameter.field.type), !isUnknown(parameter.field.type) {
                error(
                    entry.value.location,
                    "a path parameter must be a single value that is required, such as 'string' or 'int'"
                )
            }
            return parameter
        }
        if let template {
            let isComplete = diagnostics.errorCount == errorsBefore && !mapping.misspelt.contains("path")
            operation.pathParameters = match(path, template, missingAt: isComplete ? templateLocation : nil)
        }
        operation.queryParameters = parameters(mapping["query"], of: "'query'", in: operation).map { entry, parameter in
            checkQuery(parameter, entry)
            return parameter
        }
        operation.headerParameters = parameters(mapping["headers"], of: "'headers'", in: operation).compactMap {
            entry,
            parameter in
            var parameter = parameter
            checkText(parameter.field.type, at: entry.value.location, in: "a header")
            parameter.style = .comma
            return headerName(parameter.field.name, at: entry.key.location) == nil ? nil : parameter
        }
        var seen: [String: SourceLocation] = [:]
        for field in operation.headerParameters.map(\.field) {
            if let first = seen.updateValue(field.location, forKey: field.name.lowercased()) {
                error(field.location, "duplicate header \(quoted(field.name)); the first is at \(first)")
            }
        }
    }

    private func parameters(
        _ node: SourceNode?,
        of what: String,
        in operation: Schema.Operation
    ) -> [(entry: SourceNode.Entry, parameter: Parameter)] {
        guard let node else { return [] }
        return (entries(node, of: what) ?? []).map { entry in
            let start = types.count
            var parameter = Parameter(field: field(entry, of: operation.typeName, isProperty: false))
            completeTypes(from: start)
            reportSecretDefault(of: parameter.field)
            complete(&parameter.field)
            if case .mapping(let entries) = entry.value.content,
                let style = entries.first(where: { $0.key.text == "style" })
            {
                let word: Parameter.Style? = word(style.value, of: "'style'")
                if what != "'query'" { error(style.key.location, "'style' is only allowed for query parameters") }
                parameter.style = word ?? .repeat
            }
            return (entry, parameter)
        }
    }

    /// Reports a default that may be a secret, such as the value of an API key.
    private func reportSecretDefault(of field: Field) {
        guard let value = pendingDefaults[field.location] else { return }
        let folded = field.name.lowercased().filter { $0.isLetter }
        if ["apikey", "secret", "password", "authorization"].contains(where: { folded.contains($0) }) {
            pendingDefaults[field.location] = nil
            error(value.location, "never put a secret in a schema; declare a scheme such as 'apiKey' in 'auth'")
        }
    }

    /// Returns the parameters in the order of the template.
    ///
    /// - Parameter location: The location at which to report missing parameters; nil to not report them, because
    ///   they may be among invalid ones.
    private func match(
        _ parameters: [Parameter],
        _ template: PathTemplate,
        missingAt location: SourceLocation?
    ) -> [Parameter] {
        var names: [String] = []
        for case .parameter(let name) in template.segments { names.append(name) }
        for parameter in parameters where !names.contains(parameter.field.name) {
            let name = parameter.field.name
            let hint = names.isEmpty ? "" : suggestion(for: name, among: names)
            error(parameter.field.location, "the path '\(template.text)' has no parameter \(quoted(name))\(hint)")
        }
        let missing = names.filter { name in !parameters.contains { $0.field.name == name } }
        if let location, let first = missing.first {
            let what =
                missing.count == 1
                ? "the path parameter \(quoted(first)) has no type" : "path parameters have no types"
            let all = missing.map { "\($0): string" }.joined(separator: ", ")
            let remedy = missing.count < names.count ? "add '\(all)' to 'path'" : "write 'path: { \(all) }'"
            error(location, "\(what); \(remedy)")
        }
        return names.compactMap { name in parameters.first { $0.field.name == name } }
    }

    private func checkQuery(_ parameter: Parameter, _ entry: SourceNode.Entry) {
        let object = structure(of: parameter.field.type)
        switch (object, parameter.style) {
        case (let object?, .deepObject):
            var type = resolved(parameter.field.type)
            if case .optional(let inner) = type { type = resolved(inner) }
            if case .nullable = type {
                error(entry.value.location, "an object in the query cannot be null; write 'optional'")
            }
            if object.others != nil {
                error(entry.value.location, "an object in the query cannot have 'others': its names must be known")
            }
            for field in object.fields where structure(of: field.type) == nil {
                checkText(field.type, at: field.location, in: "a field of an object in the query")
            }
            for field in object.fields where structure(of: field.type) != nil {
                let name = "\(parameter.field.name)[\(field.name)][…]"
                error(
                    field.location,
                    "an object in the query cannot contain an object: make each of its fields a parameter, as in "
                        + "'\"\(name)\": { type: optional string, swift: someName }'"
                )
            }
        case (_?, _):
            error(entry.value.location, "an object in the query requires 'style: deepObject'")
        case (nil, .deepObject):
            error(entry.value.location, "'style: deepObject' is only allowed for a type with fields")
        case (nil, _):
            checkText(parameter.field.type, at: entry.value.location, in: "a query parameter")
        }
    }

    /// Reports a type that is neither a value that can be written as text nor a list of such values.
    ///
    /// The value and the elements may be optional.
    func checkText(_ type: TypeReference, at location: SourceLocation, in what: String) {
        var inner = resolved(type)
        if case .optional(let wrapped) = inner { inner = resolved(wrapped) }
        if case .list(let element) = inner { inner = element }
        guard !isText(inner), !isUnknown(inner), !containsFile(inner) else { return }
        if case .nullable = resolved(inner) {
            error(location, "\(what) may be absent but not null; write 'optional' instead of 'nullable'")
            return
        }
        error(location, "\(what) must be a value that can be written as text, or a list of such values")
    }
}
