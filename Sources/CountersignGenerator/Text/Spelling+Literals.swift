import CountersignSchema

extension Spelling {
    /// Returns an expression for a default of the type.
    func literal(
        _ value: DefaultValue,
        of type: TypeReference,
        at location: SourceLocation
    ) throws(GenerationError) -> String {
        if case .optional(.nullable(let inner)) = type {
            return ".value(" + (try literal(value, of: inner, at: location)) + ")"
        }
        let isOptional = type != type.unwrapped
        let type = resolved(type.unwrapped)
        switch (value, type) {
        case (.string(let text), .scalar(.string)), (.string(let text), .scalar(.json)):
            return SwiftLiteral.string(text)
        case (.bool(let value), .scalar(.bool)), (.bool(let value), .scalar(.json)):
            return value ? "true" : "false"
        case (.integer(let value), .scalar(let scalar)):
            switch scalar {
            case .int, .int32, .int64, .float, .double, .decimal, .json: return String(value)
            default: break
            }
        case (.number(let digits), .scalar(let scalar)):
            switch scalar {
            case .decimal:
                if let literal = SwiftLiteral.decimal(digits) {
                    return literal.replacing("Decimal(", with: foundation("Decimal") + "(")
                }
            case .float where Float(digits)?.isFinite == true: return digits
            case .double where Double(digits)?.isFinite == true: return digits
            default: break
            }
        case (.enumerationCase(let name), .named(let enumeration)):
            // For an optional type `.none` would be nil.
            let owner = isOptional && ["none", "some"].contains(name) ? "\(client).\(enumeration)" : ""
            return owner + "." + SwiftIdentifier(name).member
        case (.wrapped(let inner), .named(let name)):
            if case .wrapper(let wrapped)? = declaration(of: name)?.kind {
                return ".init(rawValue: " + (try literal(inner, of: wrapped, at: location)) + ")"
            }
        case (.list(let elements), .list(let element)):
            var literals: [String] = []
            for value in elements { literals.append(try literal(value, of: element, at: location)) }
            return "[" + literals.joined(separator: ", ") + "]"
        case (.emptyMap, .map), (.emptyMap, .scalar(.json)):
            return "[:]"
        default:
            break
        }
        throw GenerationError(location, "this default has no literal in Swift; remove it")
    }
}
