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

    /// Returns the name of a type nested in this one.
    package func nested(_ name: String) -> TypeName { TypeName(path: path + [name]) }
}
