import CountersignSchema

/// The models of a client, nested as in the generated code, in the order of the schema.
struct ModelTree {
    /// The content that is generated under one name.
    enum Content {
        /// A namespace for the inline types of an operation.
        case namespace
        case declared(TypeDeclaration)
        /// The body of one operation, created from parameters of its method.
        case body(Structure)
        /// The header fields of a response, with its body if it has one.
        case headed(Response)
        /// The types that an operation can return.
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
        let index = self.index(of: name)
        nodes[index].content = content
    }

    private mutating func index(of name: TypeName) -> Int {
        if let index = indices[name] { return index }
        let index = nodes.count
        nodes.append(Node(name: name, content: .namespace))
        indices[name] = index
        if let parent = name.parent {
            nodes[self.index(of: parent)].children.append(index)
        } else {
            roots.append(index)
        }
        return index
    }
}
