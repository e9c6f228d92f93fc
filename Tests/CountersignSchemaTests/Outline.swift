@testable import CountersignSchema

/// Returns a value as text without locations, so that models from different files can be compared.
func outline(_ value: Any) -> String {
    if value is SourceLocation { return "" }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
        return mirror.children.first.map { outline($0.value) } ?? "nil"
    case .collection:
        return "[" + mirror.children.map { outline($0.value) }.joined(separator: ", ") + "]"
    case .struct, .class, .tuple, .enum:
        guard !mirror.children.isEmpty else { return "\(value)" }
        let children = mirror.children.filter { !($0.value is SourceLocation) }
        let parts = children.map { ($0.label.map { "\($0): " } ?? "") + outline($0.value) }
        return "\(mirror.subjectType)(" + parts.joined(separator: ", ") + ")"
    default:
        return "\(value)".debugDescription
    }
}
