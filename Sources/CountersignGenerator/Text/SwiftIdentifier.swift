import CountersignSchema

/// A name, escaped as required by each kind of use in Swift source.
///
/// Swift warns about unnecessary backticks, so one spelling does not fit all uses.
struct SwiftIdentifier {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    /// Returns a name for a variable that is not taken.
    static func free(_ name: String, avoiding taken: Set<String>) -> String {
        var name = name
        while taken.contains(name) { name = "api" + name.prefix(1).uppercased() + name.dropFirst() }
        return name
    }

    /// The name in a declaration.
    var declared: String { SwiftName.escaped(name) }

    /// The label and name in the declaration of a parameter; a parameter `self` has another name inside the function.
    var parameter: String {
        switch name {
        case "self": "self \(argument)"
        case "inout", "let", "var": "`\(name)`"
        default: name
        }
    }

    /// The parameter as an expression.
    var argument: String { name == "self" ? "selfArgument" : SwiftName.escaped(name) }

    /// The label of an argument.
    var label: String { name == "inout" ? "`inout`" : name }

    /// The name after a dot.
    ///
    /// Without backticks, some names would mean the initializer, the value itself or the metatype.
    var member: String { ["init", "self", "Type", "Protocol"].contains(name) ? "`\(name)`" : name }

    /// Returns the property as an expression in a scope with parameters or variables of the given names.
    func property(avoiding hiding: Set<String>) -> String {
        name == "self" || hiding.contains(name) ? "self." + member : declared
    }
}
