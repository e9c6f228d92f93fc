import CountersignSchema

/// The spelling of types in the generated source, qualified where a name would otherwise be ambiguous.
///
/// - Types of the runtime are always qualified, since a program may have a `CountersignRuntime` or a `SecretValue` of its own.
/// - Types of Swift and Foundation are qualified if a model has the same name (`Date`).
/// - A model is qualified with its client if a nested model has the same name (`Item` and `ListItems.Output.Item`).
struct Spelling {
    let client: String
    private let declarations: [TypeName: TypeDeclaration]
    /// The names of generated types in any scope of the client.
    private var generated: Set<String> = []
    /// The names of nested types, which shadow outer types within some scope.
    private var shadowing: Set<String> = []

    /// The enumeration that contains the descriptors of the operations.
    private(set) var operations = "Operations"
    /// The property wrapper of fields that are stored indirectly.
    private(set) var indirect = "Indirect"

    /// Creates the spelling for a schema.
    ///
    /// - Parameter generatedNames: The types of the client other than its models.
    init(_ schema: Schema, generatedNames: [String]) {
        client = schema.name
        var declarations: [TypeName: TypeDeclaration] = [:]
        for type in schema.types { declarations[type.name] = type }
        self.declarations = declarations
        generated.formUnion(generatedNames)
        for type in schema.types { add(type.name) }
        for operation in schema.operations { generated.formUnion(operation.typeName.path.prefix(1)) }
        while generated.contains(operations) { operations = "API" + operations }
        while generated.contains(indirect) { indirect = "API" + indirect }
        generated.formUnion([operations, indirect])
    }

    private mutating func add(_ name: TypeName) {
        for (depth, part) in name.path.enumerated() {
            generated.insert(part)
            if depth > 0 { shadowing.insert(part) }
        }
    }

    func declaration(of name: TypeName) -> TypeDeclaration? { declarations[name] }

    /// Returns the name of a type of the runtime.
    func runtime(_ name: String) -> String { "Countersign." + name }

    /// Returns the name of a type of CountersignOIDC.
    func oidc(_ name: String) -> String { "CountersignOIDC." + name }

    func swift(_ name: String) -> String { qualified(name, by: "Swift") }

    func foundation(_ name: String) -> String { qualified(name, by: "Foundation") }

    private func qualified(_ name: String, by module: String) -> String {
        generated.contains(name) ? module + "." + name : name
    }

    func name(_ name: TypeName) -> String {
        let path = name.path.map { SwiftName.escaped($0) }.joined(separator: ".")
        guard let first = name.path.first, shadowing.contains(first) else { return path }
        return client + "." + path
    }

    func type(_ type: TypeReference) -> String {
        switch type {
        case .scalar(let scalar): self.type(scalar)
        case .named(let name): self.name(name)
        case .list(let element): "[" + self.type(element) + "]"
        case .map(let value): "[" + swift("String") + ": " + self.type(value) + "]"
        case .optional(.nullable(let wrapped)): runtime("Nullable") + "<" + self.type(wrapped) + ">?"
        case .optional(let wrapped), .nullable(let wrapped): self.type(wrapped) + "?"
        }
    }

    /// Returns the type of the property for additional properties.
    func others(_ value: TypeReference) -> String { type(.map(value)) }

    private func type(_ scalar: Scalar) -> String {
        switch scalar {
        case .string: swift("String")
        case .bool: swift("Bool")
        case .int: swift("Int")
        case .int32: swift("Int32")
        case .int64: swift("Int64")
        case .float: swift("Float")
        case .double: swift("Double")
        case .decimal: foundation("Decimal")
        case .date: runtime("CalendarDay")
        case .timestamp: foundation("Date")
        case .uuid: foundation("UUID")
        case .url: foundation("URL")
        case .bytes: foundation("Data")
        case .json: runtime("JSONValue")
        case .file: runtime("UploadFile")
        }
    }

    /// Returns the type behind aliases.
    func resolved(_ type: TypeReference) -> TypeReference {
        var type = type
        for _ in 0...declarations.count {
            guard case .named(let name) = type, case .alias(let target)? = declarations[name]?.kind else { break }
            type = target
        }
        return type
    }

    /// Returns the format of timestamps in the type; nil for the default format or no timestamps.
    func timestampFormat(of type: TypeReference) -> Scalar.TimestampFormat? {
        switch resolved(type) {
        case .scalar(.timestamp(let format)): format == .rfc3339 ? nil : format
        case .scalar, .named: nil
        case .list(let inner), .map(let inner), .optional(let inner), .nullable(let inner): timestampFormat(of: inner)
        }
    }

    /// Returns an expression for a value of the type in a path, a query or a header.
    func parameter(_ expression: String, of type: TypeReference) -> String {
        guard let format = timestampFormat(of: type) else { return expression }
        let mark = type == type.unwrapped ? "" : "?"
        if case .list = resolved(type.unwrapped) {
            return "\(expression)\(mark).map { $0.parameter(as: .\(format)) }"
        }
        return "\(expression)\(mark).parameter(as: .\(format))"
    }

    /// Indicates whether values of the type are single JSON strings, numbers or booleans, as in paths and headers.
    func isScalar(_ type: TypeReference) -> Bool {
        var type = resolved(type)
        for _ in 0...declarations.count {
            switch type {
            case .scalar(let scalar): return scalar != .json && scalar != .file
            case .named(let name):
                switch declarations[name]?.kind {
                case .enumeration?: return true
                case .wrapper(let wrapped)?: type = resolved(wrapped)
                default: return false
                }
            default: return false
            }
        }
        return false
    }

    /// Indicates whether the generated code uses a type of Foundation.
    static func needsFoundation(_ schema: Schema) -> Bool {
        func uses(_ type: TypeReference) -> Bool {
            switch type {
            case .scalar(let scalar):
                switch scalar {
                case .decimal, .timestamp, .uuid, .url, .bytes: true
                default: false
                }
            case .named: false
            case .list(let inner), .map(let inner), .optional(let inner), .nullable(let inner): uses(inner)
            }
        }
        func used(by fields: [Field]) -> Bool { fields.contains { uses($0.type) } }
        func used(by type: TypeDeclaration) -> Bool {
            switch type.kind {
            case .structure(let structure): used(by: structure.fields) || structure.others.map(uses) ?? false
            case .enumeration: false
            case .wrapper(let wrapped), .alias(let wrapped): uses(wrapped)
            case .oneOf(let choice): choice.cases.contains { uses($0.type) }
            }
        }
        func used(by operation: Schema.Operation) -> Bool {
            let parameters = operation.pathParameters + operation.queryParameters + operation.headerParameters
            if used(by: parameters.map(\.field)) { return true }
            switch operation.body {
            case .fields(let structure, _)?: if used(by: structure.fields) { return true }
            case .json(let type)?: if uses(type) { return true }
            case .form(let fields)?: if used(by: fields) { return true }
            default: break
            }
            return (operation.responses + operation.errors).contains {
                used(by: $0.headers) || $0.body.map(uses) ?? false
            }
        }
        return schema.types.contains(where: used) || schema.operations.contains(where: used)
    }
}
