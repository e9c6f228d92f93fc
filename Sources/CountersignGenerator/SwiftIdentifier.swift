import CountersignSchema

/// A name of the schema in the places of Swift source where it can stand, escaped as each demands.
///
/// Swift warns about backticks that are not needed, so that one spelling does not do for all places.
struct SwiftIdentifier {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    /// A name for a variable where others are taken.
    static func free(_ name: String, besides taken: Set<String>) -> String {
        var name = name
        while taken.contains(name) { name = "api" + name.prefix(1).uppercased() + name.dropFirst() }
        return name
    }

    /// The name of a declaration.
    var declared: String { SwiftName.escaped(name) }

    /// Before the colon of a parameter's declaration; with a name of its own for the function where it would hide `self`.
    var parameter: String {
        switch name {
        case "self": "self \(argument)"
        case "inout", "let", "var": "`\(name)`"
        default: name
        }
    }

    /// The parameter as an expression.
    var argument: String { name == "self" ? "selfArgument" : SwiftName.escaped(name) }

    /// Before the colon of an argument.
    var label: String { name == "inout" ? "`inout`" : name }

    /// Behind a dot.
    ///
    /// Without backticks these would be the initialiser, the value itself, and the metatype.
    var member: String { ["init", "self", "Type", "Protocol"].contains(name) ? "`\(name)`" : name }

    /// The property as an expression, where parameters or variables of these names hide it.
    func property(besides hiding: Set<String>) -> String {
        name == "self" || hiding.contains(name) ? "self." + member : declared
    }
}
