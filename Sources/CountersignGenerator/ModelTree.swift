import CountersignSchema

/// The models of a client as they nest in each other, in the order of the schema.
struct ModelTree {
    /// What is generated under one name.
    enum Content {
        /// A namespace of an operation's inline types.
        case namespace
        case declared(TypeDeclaration)
        /// The body of one operation, made of its parameters.
        case body(Structure)
        /// The header fields of an answer, with its body if it has one.
        case headed(Response, isError: Bool)
        /// One of several types that an operation returns.
        case choice(ResponseChoice)
    }

    struct Node {
        var name: TypeName
        var content: Content
        var children: [Int] = []
    }

    private(set) var nodes: [Node] = []
    private(set) var roots: [Int] = []
    private var indices: [TypeName: Int] = [:]

    mutating func add(_ name: TypeName, _ content: Content) {
        let index = place(name)
        nodes[index].content = content
    }

    private mutating func place(_ name: TypeName) -> Int {
        if let index = indices[name] { return index }
        let index = nodes.count
        nodes.append(Node(name: name, content: .namespace))
        indices[name] = index
        if let parent = name.parent {
            nodes[place(parent)].children.append(index)
        } else {
            roots.append(index)
        }
        return index
    }
}

extension TypeName {
    /// The name of the type that this one stands inside.
    var parent: TypeName? {
        guard let root = path.first, path.count > 1 else { return nil }
        return path.dropFirst().dropLast().reduce(TypeName(root)) { $0.nested($1) }
    }
}
