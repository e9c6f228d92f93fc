extension SchemaBuilder {
    static let otherBodies = ["form", "raw"]

    /// Builds `body` or `multipart` of an operation.
    func body(_ mapping: Mapping, of operation: Schema.Operation) -> Body? {
        let input = operation.typeName.nested("Input")
        guard let entry = mapping.entry("body") ?? mapping.entry("multipart") else { return nil }
        if let second = mapping.entry("multipart"), entry.key.text != "multipart" {
            error(second.key.location, "an operation has a single body: 'body' or 'multipart'")
        }
        if operation.method == .get || operation.method == .head {
            let method = operation.method.wireName
            error(entry.key.location, "a \(method) request has no body; use query parameters, or another method")
        }
        let start = types.count
        if entry.key.text == "multipart" {
            reportIfUnsupported(.multipart, at: entry.key.location)
            let fields = formFields(entry.value, of: "'multipart'", input: input, start: start)
            return .multipart(fields)
        }
        if let text = entry.value.scalarText, Self.otherBodies.contains(text), declared[text] == nil {
            let form = text == "form" ? "form: { name: string }" : "raw: image/png"
            error(entry.value.location, "\(quoted(text)) must say what it contains; write 'body: { \(form) }'")
            return nil
        }
        guard case .mapping(let entries) = entry.value.content,
            let kind = entries.first(where: { Self.otherBodies.contains($0.key.text) })
        else { return jsonBody(entry.value, input: input) }
        guard entries.count == 1 else {
            error(kind.key.location, "\(quoted(kind.key.text)) must be the only key of a body")
            return nil
        }
        if kind.key.text == "raw" {
            guard let mediaType = mediaType(kind.value, of: "'raw'") else { return nil }
            if mediaType.contains("*") {
                error(
                    kind.value.location,
                    "\(quoted(mediaType)) is a range of media types, but a request has one; write one like 'image/png'"
                )
            }
            return .raw(mediaType: mediaType)
        }
        return .form(formFields(kind.value, of: "'form'", input: input, start: start))
    }

    /// Builds a JSON body; `{ fields: … }` becomes parameters of the method and declares no type.
    private func jsonBody(_ node: SourceNode, input: TypeName) -> Body {
        if case .mapping(let entries) = node.content, let first = entries.first,
            !entries.contains(where: { (TypeWord.forms + TypeWord.details).contains($0.key.text) })
        {
            let name = quoted(first.key.text).dropFirst().dropLast()
            error(
                first.key.location,
                "unknown key '\(name)' in 'body'; write '{ fields: { \(name): … } }' for JSON, or "
                    + "'{ form: { \(name): … } }' for a form"
            )
            return .json(.unknown)
        }
        let start = types.count
        let type = type(node, ofKey: "'body'", inlineName: input)
        if case .mapping = node.content, case .named(input) = type, let last = types.last, last.name == input,
            case .structure(let structure) = last.kind
        {
            types.removeLast()
            typeIndices[input] = nil
            return .fields(structure, name: input)
        }
        if start == types.count, containsFile(type) {
            error(node.location, "'file' is only allowed in 'multipart'; for bytes write 'raw: image/png'")
        }
        checkFormat(of: type, at: node.location)
        return .json(type)
    }

    /// Reports a timestamp format in a body, where it is lost: formats belong to fields, parameters and wrapper types.
    func checkFormat(of type: TypeReference, at location: SourceLocation) {
        switch resolved(type) {
        case .scalar(.timestamp(let format)) where format != .rfc3339:
            error(
                location,
                "a body that is a timestamp must be rfc3339; for '\(format.rawValue)' use a type that wraps it: "
                    + "'{ wraps: { timestamp: \(format.rawValue) } }'"
            )
        case .scalar, .named: break
        case .list(let inner), .map(let inner), .optional(let inner), .nullable(let inner):
            checkFormat(of: inner, at: location)
        }
    }

    private func formFields(_ node: SourceNode, of what: String, input: TypeName, start: Int) -> [Field] {
        (entries(node, of: what) ?? []).map { entry in
            var field = field(entry, of: input)
            completeTypes(from: start)
            complete(&field, allowsFile: what == "'multipart'")
            if what == "'form'" { checkText(field.type, at: entry.value.location, in: "a field of a form") }
            return field
        }
    }
}
