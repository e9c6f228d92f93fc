extension SchemaBuilder {
    static let answerKeys = TypeWord.forms + TypeWord.details + ["stream", "events", "headers"]

    /// Reads `returns` and `errors` of an operation; the client's errors hold where it says nothing else.
    func readResponses(_ mapping: Mapping, clientErrors: [Response], into operation: inout Schema.Operation) {
        if let node = mapping["returns"] {
            operation.responses = successes(node, of: operation)
            if operation.method == .head, operation.responses.contains(where: { $0.content != .nothing }) {
                error(node.location, "the answer to HEAD has no body: write 'returns: nothing'")
            }
        } else if mapping.lacks("returns") {
            error(
                operation.location,
                "operation \(quoted(operation.name)) must say what it returns; write 'returns: nothing' if that is nothing"
            )
        }
        let own = mapping["errors"].map { errors($0, place: { operation.typeName.nested("Error\($0)") }) } ?? []
        for response in own {
            guard let success = operation.responses.first(where: { $0.status == response.status }) else { continue }
            let place = success.location
            error(response.location, "the status \(response.status) is a success at \(place.line):\(place.column)")
        }
        let said = Set((operation.responses + own).map(\.status))
        operation.errors = (own + clientErrors.filter { !said.contains($0.status) }).inOrderOfPrecision
    }

    /// Reads `errors`, of the client or of an operation.
    func errors(_ node: SchemaNode, place: (StatusPattern) -> TypeName) -> [Response] {
        (entries(node, of: "'errors'") ?? []).compactMap { entry in
            guard let status = status(entry.key, isError: true) else { return nil }
            return answer(entry.value, status: status, at: entry.key.location, place: place(status))
        }
    }

    private func successes(_ node: SchemaNode, of operation: Schema.Operation) -> [Response] {
        let output = operation.typeName.nested("Output")
        guard case .mapping(let entries) = node.content, entries.contains(where: { Self.looksLikeStatus($0.key.text) })
        else { return [answer(node, status: .hundred(2), at: node.location, place: output)] }
        let valued = entries.filter { $0.value.scalarText != "nothing" }
        return entries.compactMap { entry in
            guard let status = status(entry.key, isError: false) else { return nil }
            let place = valued.count < 2 ? output : operation.typeName.nested("Output\(status)")
            return answer(entry.value, status: status, at: entry.key.location, place: place)
        }.inOrderOfPrecision
    }

    private func answer(_ node: SchemaNode, status: StatusPattern, at location: SourceLocation, place: TypeName)
        -> Response
    {
        var response = Response(status: status, content: .nothing, name: place, location: location)
        if case .scalar(let scalar) = node.content, scalar.text == "nothing" { return response }
        let start = types.count
        defer {
            settleTypes(from: start)
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
            response.content = .json(type(node, place: place))
            checkAnswer(response.content, at: node.location)
            return response
        }
        let elsewhere = ["raw": "answers of bytes are not supported yet; 'APIClient' fetches them"]
        guard let mapping = mapping(node, of: "an answer", keys: Self.answerKeys, elsewhere: elsewhere) else {
            return response
        }
        if case .mapping(let entries) = node.content, entries.contains(where: { $0.key.text == "raw" }) {
            return response
        }
        var place = place
        if let headers = mapping["headers"] {
            response.headers = responseHeaders(headers, place: place)
            place = place.nested("Body")
        }
        let forms = mapping.entries.filter { (TypeWord.forms + ["stream", "events"]).contains($0.key.text) }
        if forms.isEmpty, mapping.contains("headers"), !mapping.contains("id"), !mapping.contains("includes") {
            return response
        }
        switch forms.first(where: { ["stream", "events"].contains($0.key.text) }) {
        case let entry? where forms.count > 1:
            error(entry.key.location, "\(quoted(entry.key.text)) stands alone in an answer")
        case let entry? where entry.key.text == "stream":
            uses(.stream, at: entry.key.location)
            if let mediaType = mediaType(entry.value, of: "'stream'") {
                response.content = .stream(mediaType: mediaType)
            }
        case let entry?:
            uses(.events, at: entry.key.location)
            response.content = .events(useType(entry.value, of: "'events'", place: place.nested("Event")))
        case nil:
            if case .scalar(let scalar)? = mapping["type"]?.content, scalar.text == "nothing" { return response }
            let rest = mapping.entries.filter { $0.key.text != "headers" }
            response.content = .json(longForm(Mapping(entries: rest, location: node.location), place: place))
        }
        checkAnswer(response.content, at: node.location)
        return response
    }

    /// Some statuses never come with a body (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5).
    private func checkBody(of response: Response) {
        guard response.content != .nothing, [204, 205, 304].contains(response.status.exactStatus) else { return }
        error(
            response.location,
            "an answer with the status \(response.status) has no body: write '\(response.status): nothing'"
        )
    }

    private func checkAnswer(_ content: Response.Content, at location: SourceLocation) {
        guard case .json(let type) = content else { return }
        checkFormat(of: type, at: location)
        if holdsFile(type) { error(location, "'file' stands only in 'multipart'; write '{ stream: image/png }'") }
        if case .optional = type {
            error(location, "an answer is never absent: write 'nullable …', or list the status that has 'nothing'")
        }
    }

    private func responseHeaders(_ node: SchemaNode, place: TypeName) -> [Field] {
        var names = MemberNames()
        claim("body", for: "body", at: node.location, in: &names)
        return (entries(node, of: "'headers'") ?? []).map { entry in
            let start = types.count
            var field = field(entry, of: place)
            settleTypes(from: start)
            settle(&field)
            if !WireSyntax.isToken(field.name) {
                error(entry.key.location, "\(quoted(field.name)) cannot name a header")
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

    private func status(_ key: SchemaNode.Key, isError: Bool) -> StatusPattern? {
        let text = key.text.lowercased()
        var pattern: StatusPattern?
        if isError, text == "default" {
            pattern = .any
        } else if text.utf8.count == 3, let hundred = Int(text.prefix(1)), (2...5).contains(hundred) {
            if text.hasSuffix("xx") { pattern = .hundred(hundred) }
            if let status = Int(text), (200...599).contains(status) { pattern = .exact(status) }
        }
        if pattern == nil, text.hasPrefix("1"), text.utf8.count == 3 {
            error(key.location, "the status \(quoted(key.text)) comes before an answer and is none; remove it")
        } else if pattern == nil {
            let example = isError ? "'404', '4xx' or 'default'" : "'200' or '2xx'"
            error(key.location, "expected a status such as \(example), not \(quoted(key.text))")
        }
        if isError, let found = pattern, found == .hundred(2) || (200...299).contains(found.exactStatus) {
            error(key.location, "the status \(found) is a success; it stands in 'returns'")
            return nil
        }
        return pattern
    }
}

extension StatusPattern {
    fileprivate var exactStatus: Int {
        if case .exact(let status) = self { status } else { 0 }
    }

    fileprivate var precision: Int {
        switch self {
        case .exact: 0
        case .hundred: 1
        case .any: 2
        }
    }
}

extension [Response] {
    /// Exact statuses first, then hundreds, then the default; else as in the file.
    fileprivate var inOrderOfPrecision: [Response] {
        enumerated().sorted {
            ($0.element.status.precision, $0.offset) < ($1.element.status.precision, $1.offset)
        }.map(\.element)
    }
}
