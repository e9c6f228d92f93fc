import CountersignSchema

/// The type of the declared errors of a client.
enum ProblemType {
    /// No operation declares an error with a body.
    case none
    case one(TypeReference)
    /// A generated enumeration with a case for each type.
    case several([(name: SwiftIdentifier, type: TypeReference)])

    /// The name of the generated enumeration.
    static let name = "Problem"

    init(_ schema: Schema) throws(GenerationError) {
        var types: [TypeReference] = []
        var known: Set<TypeReference> = []
        for response in schema.operations.lazy.flatMap(\.errors) + schema.errors {
            guard let type = response.value, known.insert(type).inserted else { continue }
            types.append(type)
        }
        switch types.count {
        case 0: self = .none
        case 1: self = .one(types[0])
        default:
            if let taken = schema.types.first(where: { $0.name.path == [Self.name] }) {
                throw GenerationError(
                    taken.location,
                    "the type 'Problem' has the name of the enumeration of this client's problem types; rename it"
                )
            }
            var names: Set<String> = []
            self = .several(
                types.map { type in
                    var name = Self.caseName(type)
                    while !names.insert(name).inserted { name += "_" }
                    return (SwiftIdentifier(name), type)
                }
            )
        }
    }

    private static func caseName(_ type: TypeReference) -> String {
        switch type {
        case .scalar(.timestamp): "timestamp"
        case .scalar(let scalar): "\(scalar)"
        case .named(let name): SwiftName.member(name.path.joined(separator: "_")) ?? "problem"
        case .list(let element): caseName(element) + "List"
        case .map(let value): caseName(value) + "Map"
        case .optional(let wrapped), .nullable(let wrapped): caseName(wrapped)
        }
    }

    func type(_ spelling: Spelling) -> String {
        switch self {
        case .none: spelling.swift("Never")
        case .one(let type): spelling.type(type)
        case .several: Self.name
        }
    }
}
