/// A type at a place where it is used: `optional list of Item`.
package indirect enum TypeReference: Hashable, Sendable {
    case scalar(Scalar)
    case named(TypeName)
    case list(TypeReference)
    /// A JSON object with any keys.
    case map(TypeReference)
    /// A value that may be absent: absent and null are decoded as nil, nil is encoded as absent.
    case optional(TypeReference)
    /// A value that may be null: the key is required, and nil is encoded as null.
    ///
    /// `optional nullable X` distinguishes absent from null.
    case nullable(TypeReference)

    /// A placeholder for an invalid type, so that an error is reported only once.
    ///
    /// No valid schema contains it.
    static let unknown = TypeReference.named(TypeName(path: []))

    /// The type inside `optional` and `nullable`.
    package var unwrapped: TypeReference {
        switch self {
        case .optional(let wrapped), .nullable(let wrapped): wrapped.unwrapped
        default: self
        }
    }

    package var isOptional: Bool {
        if case .optional = self { true } else { false }
    }

    /// The declared type at the innermost level.
    var leaf: TypeName? {
        switch self {
        case .scalar: nil
        case .named(let name): name
        case .list(let inner), .map(let inner), .optional(let inner), .nullable(let inner): inner.leaf
        }
    }

    /// The declared type at the innermost level, if its value is stored inline.
    var inlineLeaf: TypeName? {
        switch self {
        case .scalar, .list, .map: nil
        case .named(let name): name
        case .optional(let inner), .nullable(let inner): inner.inlineLeaf
        }
    }
}
