/// An API as large as those of large companies, made up: what is measured is not to depend on a download.
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
        /// As on the wire.
        let name: String
        let type: ValueType

        /// - Parameter text: As in a schema, such as `released_on: optional date`.
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

        /// - Parameter words: As in a schema, such as `optional list of string`.
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
        /// With the parameters of the path in braces; all of them are of the type `identifier`.
        let path: String
        var identifier = ""
        var query: [Field] = []
        var headers: [Field] = []
        var body: Body?
        /// The type of the success value; nil when there is none.
        var output: ValueType?
        var status = 200
        /// The type of the body of a response with status 409.
        var conflict: String?
        /// Whether the output is a page of `items`, with the `next_cursor` that the parameter `cursor` takes.
        var isPaged = false

        var hasIdentifier: Bool { path.contains("{id}") }
    }

    enum Body {
        case value(ValueType)
        /// Fields that the caller passes one by one.
        case fields([Field])
    }
}

extension String {
    /// `next_cursor` and `If-None-Match` as Swift names them.
    var camelCased: String {
        let words = split { $0 == "_" || $0 == "-" }.map { $0.lowercased() }
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
