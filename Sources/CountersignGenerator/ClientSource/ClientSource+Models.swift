import CountersignSchema

/// The types of the schema, nested in the client.
extension ClientSource {
    mutating func writeModels() throws(GenerationError) {
        source.blankLine()
        source.line("// MARK: - Models")
        source.blankLine()
        source.open("nonisolated extension \(schema.name) {")
        writeProblemEnumeration()
        for index in models.roots { try writeModel(index) }
        if Self.storesIndirectly(schema) { writeIndirect() }
        source.close()
    }

    private mutating func writeModel(_ index: Int) throws(GenerationError) {
        let node = models.nodes[index]
        let name = SwiftName.escaped(node.name.path.last ?? "")
        source.blankLine()
        switch node.content {
        case .namespace:
            source.open("\(access)enum \(name) {")
        case .declared(let declaration):
            source.documentation(declaration.documentation)
            try writeDeclaration(declaration, name)
        case .body(let structure):
            // Callers can refer to the nested types but not to the body itself.
            let (outer, inner) = node.children.isEmpty ? ("fileprivate ", "") : (access, "fileprivate ")
            source.open("\(outer)struct \(name) {")
            for field in try fields(ofBody: structure) {
                source.line("\(inner)let \(field.name.declared): \(spelling.type(field.type))")
            }
            if let others = structure.others { source.line("\(inner)let others: \(spelling.others(others))") }
        case .headed(let response):
            let content = response.body == nil ? "its header fields" : "its header fields and body"
            source.documentation("The response with status \(response.status): \(content).")
            try writeDeclaration(response.declaration, name)
        case .choice(let choice):
            let method = node.name.path.first.map { SwiftName.member($0) ?? $0 } ?? ""
            source.documentation("The result of `\(method)`, by status.")
            source.open("\(access)enum \(name): Hashable, Sendable {")
            writeCases(of: choice)
        }
        if case .declared(let declaration) = node.content, case .alias = declaration.kind { return }
        for child in node.children { try writeModel(child) }
        source.close()
    }

    /// Writes a declaration up to its closing brace.
    private mutating func writeDeclaration(_ declaration: TypeDeclaration, _ name: String) throws(GenerationError) {
        switch declaration.kind {
        case .structure(let structure): try writeStructure(structure, declaration, name)
        case .enumeration(let enumeration) where enumeration.isClosed: writeClosed(enumeration, name)
        case .enumeration(let enumeration): writeOpen(enumeration, name)
        case .wrapper(let type): writeWrapper(of: type, name)
        case .oneOf(let choice): writeOneOf(choice, name)
        case .alias(let type): source.line("\(access)typealias \(name) = \(spelling.type(type))")
        }
    }

    // MARK: Structures

    private mutating func writeStructure(
        _ structure: Structure,
        _ declaration: TypeDeclaration,
        _ name: String
    ) throws(GenerationError) {
        let fields = try ModelField.fields(of: structure, coding: declaration.coding, spelling: spelling)
        let identifiable = structure.isIdentifiable ? ", Identifiable" : ""
        source.open("\(access)struct \(name): Hashable, Sendable\(identifiable) {")
        // The initializer that Swift synthesises is internal, and its default arguments can differ.
        let isSynthesised =
            access.isEmpty
            && fields.allSatisfy { $0.initialValue == $0.synthesisedInitialValue && $0.field.deprecated == nil }
        for field in fields { writeProperty(field, of: declaration, isSynthesised: isSynthesised) }
        if let others = structure.others {
            source.documentation("Additional properties, by name.")
            source.line("\(access)var others: \(spelling.others(others))\(isSynthesised ? " = [:]" : "")")
        }
        if !isSynthesised { writeMemberwiseInitialiser(fields, others: structure.others) }
    }

    private mutating func writeProperty(_ field: ModelField, of declaration: TypeDeclaration, isSynthesised: Bool) {
        let isBoxed = field.field.isIndirect
        let box = isBoxed ? "@\(spelling.indirect) " : ""
        let type = spelling.type(field.type)
        guard let replacement = field.field.deprecated else {
            source.documentation(field.documentation(coding: declaration.coding))
            var property = "\(box)\(access)var \(field.name.declared): \(type)"
            if isSynthesised, let value = isBoxed ? field.initialValue : field.defaultValue {
                property += " = " + value
            }
            source.line(property)
            return
        }
        source.line("\(box)fileprivate var \(field.stored.declared): \(type)")
        source.blankLine()
        source.documentation(field.documentation(coding: declaration.coding))
        source.line(Self.deprecation(replacement))
        source.open("\(access)var \(field.name.declared): \(type) {")
        source.line("get { \(field.stored.declared) }")
        source.line("set { \(field.stored.declared) = newValue }")
        source.close()
        source.blankLine()
    }

    /// Returns the attribute that makes the compiler warn about uses.
    static func deprecation(_ replacement: String) -> String {
        "@available(*, deprecated\(replacement.isEmpty ? "" : ", message: " + SwiftLiteral.string(replacement)))"
    }

    private mutating func writeMemberwiseInitialiser(_ fields: [ModelField], others: TypeReference?) {
        var parameters = fields.map { field in
            let value = field.initialValue.map { " = " + $0 } ?? ""
            return Layout.labelled(field.name.parameter, text: spelling.type(field.type) + value)
        }
        if let others {
            parameters.append(.labelled("others", text: spelling.others(others) + " = [:]"))
        }
        source.blankLine()
        if parameters.isEmpty {
            source.line("\(access)init() {}")
            return
        }
        source.open("\(access)init", .call("", parameters), " {")
        for field in fields { source.line("self.\(field.stored.member) = \(field.name.argument)") }
        if others != nil { source.line("self.others = others") }
        source.close()
    }

    /// Writes the property wrapper of fields whose type contains itself.
    private mutating func writeIndirect() {
        source.blankLine()
        source.documentation("Stores a value indirectly, so that a type can contain values of its own type.")
        source.line("@propertyWrapper")
        source.open("\(access)indirect enum \(spelling.indirect)<Value: Hashable & Sendable>: Hashable, Sendable {")
        source.line("case value(Value)")
        source.blankLine()
        source.open("\(access)init(wrappedValue: Value) {")
        source.line("self = .value(wrappedValue)")
        source.close()
        source.blankLine()
        source.open("\(access)var wrappedValue: Value {")
        source.open("get {")
        source.open("switch self {")
        source.close("case .value(let value): value")
        source.line("}")
        source.close()
        source.line("set { self = .value(newValue) }")
        source.close()
        source.close()
    }

    // MARK: Enumerations

    private mutating func writeClosed(_ enumeration: Enumeration, _ name: String) {
        let raw = rawType(of: enumeration)
        source.open("\(access)enum \(name): \(raw), CaseIterable, Hashable, Sendable {")
        for option in enumeration.cases {
            let isSame = option.value == .string(option.swiftName)
            let value = isSame ? "" : " = " + literal(option.value)
            source.line("case \(SwiftIdentifier(option.swiftName).declared)\(value)")
        }
    }

    private mutating func writeOpen(_ enumeration: Enumeration, _ name: String) {
        let raw = rawType(of: enumeration)
        source.open("\(access)enum \(name): RawRepresentable, Hashable, Sendable {")
        for option in enumeration.cases { source.line("case \(SwiftIdentifier(option.swiftName).declared)") }
        source.documentation("A value that the schema does not list.")
        source.line("case unrecognized(\(raw))")
        source.blankLine()
        source.open("\(access)init(rawValue: \(raw)) {")
        source.line("switch rawValue {")
        for option in enumeration.cases {
            source.line("case \(literal(option.value)): self = .\(SwiftIdentifier(option.swiftName).member)")
        }
        source.line("default: self = .unrecognized(rawValue)")
        source.line("}")
        source.close()
        source.blankLine()
        source.open("\(access)var rawValue: \(raw) {")
        source.line("switch self {")
        for option in enumeration.cases {
            source.line("case .\(SwiftIdentifier(option.swiftName).member): \(literal(option.value))")
        }
        source.line("case .unrecognized(let rawValue): rawValue")
        source.line("}")
        source.close()
    }

    private func rawType(of enumeration: Enumeration) -> String {
        if case .strings = enumeration.values { return spelling.swift("String") }
        let isWide = enumeration.cases.contains { option in
            if case .integer(let value) = option.value { Int32(exactly: value) == nil } else { false }
        }
        return spelling.swift(isWide ? "Int64" : "Int")
    }

    private func literal(_ value: Enumeration.Value) -> String {
        switch value {
        case .string(let text): SwiftLiteral.string(text)
        case .integer(let number): String(number)
        }
    }

    // MARK: Wrappers and choices

    private mutating func writeWrapper(of type: TypeReference, _ name: String) {
        let raw = spelling.type(type)
        let literal: (conformance: String, label: String, type: String)? =
            switch spelling.resolved(type) {
            case .scalar(.string): ("ExpressibleByStringLiteral", "stringLiteral", "String")
            case .scalar(.int): ("ExpressibleByIntegerLiteral", "integerLiteral", "Int")
            case .scalar(.int32): ("ExpressibleByIntegerLiteral", "integerLiteral", "Int32")
            case .scalar(.int64): ("ExpressibleByIntegerLiteral", "integerLiteral", "Int64")
            default: nil
            }
        let conformance = literal.map { ", " + $0.conformance } ?? ""
        source.open("\(access)struct \(name): RawRepresentable, Hashable, Sendable\(conformance) {")
        source.line("\(access)var rawValue: \(raw)")
        source.blankLine()
        // Swift synthesises no initializer in addition to the one for literals.
        if !access.isEmpty || literal != nil {
            source.open("\(access)init(rawValue: \(raw)) {")
            source.line("self.rawValue = rawValue")
            source.close()
        }
        if let literal {
            source.blankLine()
            source.open("\(access)init(\(literal.label) value: \(spelling.swift(literal.type))) {")
            source.line("rawValue = value")
            source.close()
        }
    }

    private mutating func writeOneOf(_ choice: OneOf, _ name: String) {
        let indirect = choice.cases.contains(where: \.isIndirect) ? "indirect " : ""
        source.open("\(access)\(indirect)enum \(name): Hashable, Sendable {")
        for option in choice.cases {
            source.line("case \(SwiftIdentifier(option.swiftName).declared)(\(spelling.type(option.type)))")
        }
        guard !choice.isClosed else { return }
        source.documentation(
            "A value whose discriminator the schema does not list: the discriminator and the whole object."
        )
        source.line("case unrecognized(\(spelling.swift("String")), \(spelling.runtime("JSONValue")))")
    }

    private mutating func writeProblemEnumeration() {
        guard case .several(let problems) = problem else { return }
        source.documentation("The declared errors of this client.")
        source.open("\(access)enum \(ProblemType.name): Hashable, Sendable {")
        for (name, type) in problems { source.line("case \(name.declared)(\(spelling.type(type)))") }
        source.close()
    }

    private mutating func writeCases(of choice: ResponseChoice) {
        for option in choice.cases {
            source.documentation(option.documentation)
            let type = option.type.map { "(" + spelling.type($0) + ")" } ?? ""
            source.line("case \(option.name.declared)\(type)")
        }
    }
}
