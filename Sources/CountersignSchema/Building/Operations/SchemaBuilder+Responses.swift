extension SchemaBuilder {
    static let responseKeys = TypeWord.forms + TypeWord.details + ["stream", "events", "headers"]

    /// Builds `returns` and `errors` of an operation; errors of the client apply to statuses that it does not declare.
    func buildResponses(_ mapping: Mapping, clientErrors: [Response], into operation: inout Schema.Operation) {
        if let node = mapping["returns"] {
            operation.responses = successes(node, of: operation)
            if operation.method == .head, operation.responses.contains(where: { $0.content != .nothing }) {
                error(node.location, "a response to HEAD has no body; write 'returns: nothing'")
            }
        } else if mapping.lacks("returns") {
            error(
                operation.location,
                "operation \(quoted(operation.name)) requires 'returns'; write 'returns: nothing' if it returns nothing"
            )
        }
        let own = mapping["errors"].map { errors($0, inlineName: { operation.typeName.nested("Error\($0)") }) } ?? []
        for response in own {
            guard let success = operation.responses.first(where: { $0.status == response.status }) else { continue }
            error(
                response.location,
                "the status \(response.status) is already declared as a success at \(success.location)"
            )
        }
        let declared = Set((operation.responses + own).map(\.status))
        operation.errors = (own + clientErrors.filter { !declared.contains($0.status) }).mostSpecificFirst
    }

    /// Builds `errors` of the client or of an operation.
    func errors(_ node: SourceNode, inlineName: (StatusPattern) -> TypeName) -> [Response] {
        (entries(node, of: "'errors'") ?? []).compactMap { entry in
            guard let status = status(entry.key, isError: true) else { return nil }
            return response(entry.value, status: status, at: entry.key.location, inlineName: inlineName(status))
        }
    }

    private func successes(_ node: SourceNode, of operation: Schema.Operation) -> [Response] {
        let output = operation.typeName.nested("Output")
        guard case .mapping(let all) = node.content, all.contains(where: { Self.looksLikeStatus($0.key.text) })
        else { return [response(node, status: .hundred(2), at: node.location, inlineName: output)] }
        let entries = entries(node, of: "'returns'") ?? []
        let valued = entries.filter { $0.value.scalarText != "nothing" }
        return entries.compactMap { entry in
            guard let status = status(entry.key, isError: false) else { return nil }
            let inlineName = valued.count < 2 ? output : operation.typeName.nested("Output\(status)")
            return response(entry.value, status: status, at: entry.key.location, inlineName: inlineName)
        }.mostSpecificFirst
    }

    private func response(
        _ node: SourceNode,
        status: StatusPattern,
        at location: SourceLocation,
        inlineName: TypeName
    ) -> Response {
        var response = Response(status: status, content: .nothing, name: inlineName, location: location)
        if case .scalar(let scalar) = node.content, scalar.text == "nothing" { return response }
        let start = types.count
        defer {
            completeTypes(from: start)
            checkBody(of: response)
        }
        guard case .mapping = node.content else {
            if let text = node.scalarText, Self.looksLikeStatus(text) {
                error(
                    node.location,
                    "\(quoted(text)) is a status, not a type; write 'nothing', or '{ \(text): nothing }'"
                )
                return response
            }
            response.content = .json(type(node, inlineName: inlineName))
            checkContent(response.content, at: node.location)
            return response
        }
        let elsewhere = ["raw": "a response of bytes is not supported yet; 'APIClient' can fetch it"]
        guard let mapping = mapping(node, of: "a response", keys: Self.responseKeys, elsewhere: elsewhere) else {
            return response
        }
        if case .mapping(let entries) = node.content, entries.contains(where: { $0.key.text == "raw" }) {
            return response
        }
        var inlineName = inlineName
        if let headers = mapping["headers"] {
            response.headers = responseHeaders(headers, inlineName: inlineName)
            inlineName = inlineName.nested("Body")
        }
        let forms = mapping.entries.filter { (TypeWord.forms + ["stream", "events"]).contains($0.key.text) }
        if forms.isEmpty, mapping.contains("headers"), !mapping.contains("id"), !mapping.contains("includes") {
            return response
        }
        switch forms.first(where: { ["stream", "events"].contains($0.key.text) }) {
        case let entry? where forms.count > 1:
            error(entry.key.location, "\(quoted(entry.key.text)) cannot be combined with another form of a response")
        case let entry? where entry.key.text == "stream":
            reportIfUnsupported(.stream, at: entry.key.location)
            if let mediaType = mediaType(entry.value, of: "'stream'") {
                response.content = .stream(mediaType: mediaType)
            }
        case let entry?:
            reportIfUnsupported(.events, at: entry.key.location)
            let event = type(entry.value, ofKey: "'events'", inlineName: inlineName.nested("Event"))
            response.content = .events(event)
        case nil:
            if case .scalar(let scalar)? = mapping["type"]?.content, scalar.text == "nothing" { return response }
            let rest = mapping.entries.filter { $0.key.text != "headers" }
            let type = longForm(Mapping(entries: rest, location: node.location), inlineName: inlineName)
            response.content = .json(type)
        }
        checkContent(response.content, at: node.location)
        return response
    }

    /// Reports a body for a status that never has one (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5).
    private func checkBody(of response: Response) {
        guard response.content != .nothing, [204, 205, 304].contains(response.status.exactStatus) else { return }
        error(
            response.location,
            "a response with the status \(response.status) has no body; write '\(response.status): nothing'"
        )
    }

    private func checkContent(_ content: Response.Content, at location: SourceLocation) {
        guard case .json(let type) = content else { return }
        checkFormat(of: type, at: location)
        if containsFile(type) {
            error(location, "'file' is only allowed in 'multipart'; write '{ stream: image/png }'")
        }
        if case .optional = type {
            error(
                location,
                "a response cannot be optional; write 'nullable …', or 'nothing' for the status without a body"
            )
        }
    }

    private func responseHeaders(_ node: SourceNode, inlineName: TypeName) -> [Field] {
        var names = MemberNames()
        claim("body", for: "body", at: node.location, in: &names)
        return (entries(node, of: "'headers'") ?? []).map { entry in
            let start = types.count
            var field = field(entry, of: inlineName)
            completeTypes(from: start)
            complete(&field)
            if !WireSyntax.isToken(field.name) {
                error(entry.key.location, "\(quoted(field.name)) is not a valid header name")
            }
            var type = resolved(field.type)
            if case .optional(let inner) = type { type = inner }
            if !isText(type), !isUnknown(type) {
                error(entry.value.location, "a header must be a value that can be read from text")
            }
            claim(field.swiftName, for: field.name, at: field.location, in: &names)
            return field
        }
    }

    // MARK: Statuses

    private static func looksLikeStatus(_ key: String) -> Bool {
        key == "default" || key.first.map { ("0"..."9").contains($0) } == true
    }

    private func status(_ key: SourceNode.Key, isError: Bool) -> StatusPattern? {
        let text = key.text.lowercased()
        var pattern: StatusPattern?
        if isError, text == "default" {
            pattern = .any
        } else if text.utf8.count == 3, let hundred = Int(text.prefix(1)), (2...5).contains(hundred) {
            if text.hasSuffix("xx") { pattern = .hundred(hundred) }
            if let status = Int(text), (200...599).contains(status) { pattern = .exact(status) }
        }
        if pattern == nil, text.hasPrefix("1"), text.utf8.count == 3 {
            error(key.location, "the status \(quoted(key.text)) is interim, not a final response; remove it")
        } else if pattern == nil {
            let example = isError ? "'404', '4xx' or 'default'" : "'200' or '2xx'"
            error(key.location, "expected a status such as \(example), not \(quoted(key.text))")
        }
        if isError, let pattern, pattern.isSuccess {
            error(key.location, "the status \(pattern) is a success; declare it in 'returns'")
            return nil
        }
        return pattern
    }
}
