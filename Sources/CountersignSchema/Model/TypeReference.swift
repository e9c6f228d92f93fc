/// A type as it is written at a place of use: `optional list of Item`.
package indirect enum TypeReference: Hashable, Sendable {
    case scalar(Scalar)
    case named(TypeName)
    case list(TypeReference)
    /// A JSON object with any keys.
    case map(TypeReference)
    /// Reads absent and null as nil, writes nil as absent.
    case optional(TypeReference)
    /// The key is required, null is allowed; nil is written as null.
    ///
    /// `optional nullable X` tells absent from null.
    case nullable(TypeReference)

    /// The type below `optional` and `nullable`.
    package var unwrapped: TypeReference {
        switch self {
        case .optional(let wrapped), .nullable(let wrapped): wrapped.unwrapped
        default: self
        }
    }

    package var isOptional: Bool {
        if case .optional = self { true } else { false }
    }
}

/// A type that the language brings along.
package enum Scalar: Hashable, Sendable {
    case string, bool, int, int32, int64, float, double, decimal
    /// A calendar day.
    case date
    /// An instant.
    case timestamp(TimestampFormat)
    case uuid, url
    /// Base64 text.
    case bytes
    /// Any JSON value.
    case json
    /// A part of a multipart body.
    case file

    package enum TimestampFormat: String, Sendable, CaseIterable {
        case rfc3339, unixSeconds, unixMilliseconds, httpDate
    }
}

/// The Swift name of a generated type, relative to its client: `Item`, or `ListItems.Output`.
package struct TypeName: Hashable, Sendable, CustomStringConvertible {
    package var path: [String]

    package init(_ path: String...) {
        self.path = path
    }

    init(path: [String]) {
        self.path = path
    }

    package var description: String { path.joined(separator: ".") }

    /// The name of a type that stands inside this one.
    package func nested(_ name: String) -> TypeName { TypeName(path: path + [name]) }
}
