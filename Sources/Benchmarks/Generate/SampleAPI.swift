/// A generated API as large as those of large companies, so that benchmarks need no download.
struct SampleAPI {
    var types: [NamedType]
    var operations: [Operation]

    struct NamedType {
        let name: String
        let kind: Kind

        enum Kind {
            case wrapper
            case enumeration([String])
            case fields([Field])
        }
    }

    /// A field or a parameter.
    struct Field {
        /// The name in requests and responses.
        let name: String
        let type: ValueType

        /// Parses a field of a schema.
        ///
        /// - Parameter text: The field, such as `released_on: optional date`.
        init(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 1)
            name = String(parts[0])
            type = ValueType(parts[1].split(separator: " ")[...])
        }
    }

    indirect enum ValueType {
        case named(String)
        case optional(ValueType)
        case list(ValueType)
        case map(ValueType)

        /// Parses a type of a schema.
        ///
        /// - Parameter words: The words of the type, such as `optional list of string`.
        init(_ words: ArraySlice<Substring>) {
            switch words.first {
            case "optional": self = .optional(ValueType(words.dropFirst()))
            case "list": self = .list(ValueType(words.dropFirst(2)))
            case "map": self = .map(ValueType(words.dropFirst(2)))
            default: self = .named(words.joined(separator: " "))
            }
        }
    }

    struct Operation {
        let name: String
        let summary: String
        let method: String
        /// The path with its parameters in braces, which all have the type `identifier`.
        let path: String
        var identifier = ""
        var query: [Field] = []
        var headers: [Field] = []
        var body: Body?
        /// The type of the returned value; nil if there is none.
        var output: ValueType?
        var status = 200
        /// The type of the body of a response with status 409.
        var conflict: String?
        /// Indicates whether the output is a page of `items` with a `next_cursor` for the parameter `cursor`.
        var isPaged = false

        var hasIdentifier: Bool { path.contains("{id}") }
    }

    enum Body {
        case value(ValueType)
        /// Fields that the caller passes as separate arguments.
        case fields([Field])
    }
}

extension String {
    /// The Swift name of a name such as `next_cursor` or `If-None-Match`.
    var camelCased: String {
        let words = split { $0 == "_" || $0 == "-" }.map { $0.lowercased() }
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
