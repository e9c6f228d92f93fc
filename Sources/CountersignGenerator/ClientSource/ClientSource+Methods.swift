import CountersignSchema

/// The methods of the client, one for each operation.
extension ClientSource {
    /// A parameter of a method.
    struct MethodParameter {
        var name: SwiftIdentifier
        var type: String
        var defaultValue: String?
        var documentation: String?

        var layout: Layout {
            .labelled(name.parameter, text: defaultValue.map { type + " = " + $0 } ?? type)
        }
    }

    mutating func writeMethod(_ operation: Schema.Operation) throws(GenerationError) {
        let parameters = try parameters(of: operation)
        source.blankLine()
        writeDocumentation(operation, parameters)
        if let replacement = operation.deprecated {
            source.line(Self.deprecation(replacement))
        }
        let name = SwiftIdentifier(operation.swiftName)
        let list = Layout.call("func \(name.declared)", parameters.map(\.layout))
        let success = success(of: operation)
        if let pagination = operation.pagination {
            let types = [type(of: success), spelling.type(pagination.itemType), problem.type(spelling)]
            let result = "\(spelling.runtime("Pages"))<\(types.joined(separator: ", "))>"
            source.open(access, list, " -> \(result) {")
        } else {
            var result = " async throws(Failure)"
            if case .nothing = success {} else { result += " -> " + type(of: success) }
            source.open("\(access)nonisolated(nonsending) ", list, result + " {")
        }
        try writeStatements(operation, parameters)
        source.close()
    }

    private mutating func writeDocumentation(_ operation: Schema.Operation, _ parameters: [MethodParameter]) {
        var paragraphs: [String] = []
        if let summary = operation.summary { paragraphs.append(summary) }
        if let description = operation.description { paragraphs.append(description) }
        let request = "`\(operation.method.wireName) \(operation.path.text)`"
        paragraphs.append(operation.pagination == nil ? request : request + ", page by page.")
        source.documentation(
            paragraphs,
            parameters: parameters.compactMap { parameter in
                parameter.documentation.map { (name: parameter.name.name, text: $0) }
            }
        )
    }

    // MARK: Parameters

    func parameters(of operation: Schema.Operation) throws(GenerationError) -> [MethodParameter] {
        var parameters: [MethodParameter] = []
        for parameter in operation.pathParameters + operation.queryParameters + operation.headerParameters {
            parameters.append(try self.parameter(parameter.field))
        }
        switch operation.body {
        case .fields(let structure, _)?:
            for field in try fields(ofBody: structure) {
                parameters.append(
                    MethodParameter(
                        name: field.name,
                        type: spelling.type(field.type),
                        defaultValue: field.initialValue,
                        documentation: field.field.description
                    )
                )
            }
            if let others = structure.others {
                parameters.append(
                    MethodParameter(
                        name: SwiftIdentifier("others"),
                        type: spelling.others(others),
                        defaultValue: "[:]",
                        documentation: "Additional properties of the body, by name."
                    )
                )
            }
        case .json(let type)?:
            let name = SwiftIdentifier("body")
            let defaultValue = type.isOptional ? "nil" : nil
            parameters.append(MethodParameter(name: name, type: spelling.type(type), defaultValue: defaultValue))
        case .form(let fields)?:
            for field in fields { parameters.append(try parameter(field)) }
        case .raw(let mediaType)?:
            parameters.append(
                MethodParameter(
                    name: SwiftIdentifier("body"),
                    type: "[\(spelling.swift("UInt8"))]",
                    documentation: "The bytes to send as `\(mediaType)`."
                )
            )
        case .multipart?, nil: break
        }
        if operation.idempotencyKey != nil {
            let type = spelling.runtime("IdempotencyKey")
            let name = SwiftIdentifier("idempotencyKey")
            parameters.append(MethodParameter(name: name, type: type, defaultValue: ".unique"))
        }
        return parameters
    }

    private func parameter(_ field: Field) throws(GenerationError) -> MethodParameter {
        var value = field.type.isOptional ? "nil" : nil
        if let written = field.defaultValue {
            value = try spelling.literal(written, of: field.type, at: field.location)
        }
        return MethodParameter(
            name: SwiftIdentifier(field.swiftName),
            type: spelling.type(field.type),
            defaultValue: value,
            documentation: field.documentation
        )
    }

    // MARK: Statements

    private mutating func writeStatements(
        _ operation: Schema.Operation,
        _ parameters: [MethodParameter]
    ) throws(GenerationError) {
        let taken = Set(parameters.map(\.name.name))
        let client = SwiftIdentifier("client").property(avoiding: taken)
        let descriptor = spelling.operations + "." + SwiftIdentifier(operation.swiftName).member
        if schema.generatesStub, operation.pagination == nil {
            writeStubbedCall(operation, parameters, client: client, descriptor: descriptor)
        }
        // A call without arguments needs no variable for its request.
        if parameters.isEmpty, operation.pagination == nil {
            let hasValue = if case .nothing = success(of: operation) { false } else { true }
            let result = hasValue && schema.generatesStub ? "return " : ""
            source.line("\(result)try await \(client).send(\(client).request(\(descriptor)))")
            return
        }
        let request = SwiftIdentifier.free("request", avoiding: taken)
        let cursor: String? =
            switch operation.pagination?.next {
            case .cursor(_, let parameter)?, .page(let parameter)?: parameter
            case .linkHeader?, nil: nil
            }
        let sent = operation.queryParameters.filter { $0.field.name != cursor }
        let isChanged =
            !(operation.pathParameters.isEmpty && sent.isEmpty && operation.headerParameters.isEmpty)
            || operation.body != nil || operation.idempotencyKey != nil
        source.line("\(isChanged ? "var" : "let") \(request) = \(client).request(\(descriptor))")
        for parameter in operation.pathParameters {
            source.line("\(request).path(\(argument(parameter.field)))")
        }
        for parameter in sent { write(parameter, in: "query", of: request) }
        for parameter in operation.headerParameters { write(parameter, in: "header", of: request) }
        if operation.idempotencyKey != nil { source.line("\(request).idempotencyKey(idempotencyKey)") }
        try writeBody(of: operation, to: request)
        if let pagination = operation.pagination {
            writePages(operation, pagination, parameters, client: client, request: request)
        } else if case .nothing = success(of: operation) {
            source.line("try await \(client).send(\(request))")
        } else {
            source.line("return try await \(client).send(\(request))")
        }
    }

    private mutating func write(_ parameter: Parameter, in destination: String, of request: String) {
        let value = argument(parameter.field)
        switch (destination, parameter.style) {
        case ("query", .deepObject): write(object: parameter.field, of: request)
        case ("query", .comma), ("query", .space), ("query", .pipe), ("query", .brackets):
            let name = SwiftLiteral.string(parameter.field.name)
            // The style of a single value makes no difference.
            let isList = if case .list = spelling.resolved(parameter.field.type.unwrapped) { true } else { false }
            source.line(
                isList
                    ? "\(request).query(\(name), \(value), style: .\(parameter.style))"
                    : "\(request).query(\(name), \(value))"
            )
        default: source.line("\(request).\(destination)(\(SwiftLiteral.string(parameter.field.name)), \(value))")
        }
    }

    /// Writes the fields of an object, each as a query parameter: `filter[colour]`.
    private mutating func write(object: Field, of request: String) {
        guard case .named(let name) = spelling.resolved(object.type.unwrapped),
            case .structure(let structure)? = spelling.declaration(of: name)?.kind
        else { return }
        let isOptional = object.type != object.type.unwrapped
        let value = SwiftIdentifier(object.swiftName).argument + (isOptional ? "?" : "")
        for field in structure.fields where field.only != .decoded {
            let key = SwiftLiteral.string("\(object.name)[\(field.name)]")
            let member = "\(value).\(SwiftIdentifier(field.storedName).member)"
            source.line("\(request).query(\(key), \(spelling.parameter(member, of: field.type)))")
        }
    }

    /// Returns an expression for the value of a parameter in the request.
    func argument(_ field: Field) -> String {
        spelling.parameter(SwiftIdentifier(field.swiftName).argument, of: field.type)
    }

    private mutating func writeBody(of operation: Schema.Operation, to request: String) throws(GenerationError) {
        switch operation.body {
        case .fields(let structure, let name)?:
            var arguments = try fields(ofBody: structure).map { field in
                Layout.labelled(field.name.label, text: field.name.argument)
            }
            if structure.others != nil { arguments.append(.labelled("others", text: "others")) }
            source.lay("", .call("\(request).body", [.call(spelling.name(name), arguments)]))
        case .json(let type)? where type.isOptional:
            source.open("if let body {")
            source.line("\(request).body(body)")
            source.close()
        case .json?:
            source.line("\(request).body(body)")
        case .form(let fields)?:
            for field in fields {
                source.line("\(request).form(\(SwiftLiteral.string(field.name)), \(argument(field)))")
            }
        case .raw(let mediaType)?:
            source.line("\(request).body(body, \(SwiftLiteral.string(mediaType)))")
        case .multipart?, nil: break
        }
    }

    /// Returns the fields of a body that are parameters of its method; parameters cannot be deprecated in Swift.
    func fields(ofBody structure: Structure) throws(GenerationError) -> [ModelField] {
        var structure = structure
        for index in structure.fields.indices {
            structure.fields[index].description = structure.fields[index].documentation
            structure.fields[index].deprecated = nil
        }
        return try ModelField.fields(of: structure, coding: .encoded, spelling: spelling)
    }
}
