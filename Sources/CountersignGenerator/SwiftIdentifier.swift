import CountersignSchema

/// A name of the schema in the places of Swift source where it can stand, escaped as each demands.
///
/// Swift warns about backticks that are not needed, so that one spelling does not do for all places.
struct SwiftIdentifier {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    /// As an expression or the name of a declaration.
    var reference: String { SwiftName.escaped(name) }

    /// Before the colon of a parameter's declaration.
    var parameter: String { ["inout", "let", "var"].contains(name) ? "`\(name)`" : name }

    /// Before the colon of an argument.
    var label: String { name == "inout" ? "`inout`" : name }

    /// Behind a dot.
    ///
    /// Without backticks these three would be the initialiser, the value itself, and the metatype.
    var member: String { ["init", "self", "Type", "Protocol"].contains(name) ? "`\(name)`" : name }

    /// As an expression where the names given stand for something else.
    func reference(besides taken: Set<String>) -> String {
        taken.contains(name) ? "self." + member : reference
    }
}
