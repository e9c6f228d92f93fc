/// The problems that ``APIClient/validate()`` has found, all at once.
public struct ClientValidationError: Error, Sendable, Hashable {
    /// The name of the client, such as `CatalogAPI`.
    public let client: String
    /// The problems, each one once, in the order in which they were found; at least one.
    ///
    /// If all of them are transient (``TokenError/isTransient``), the same configuration may be usable later.
    public let problems: [TokenError]
}

extension ClientValidationError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The client and the problems, in one line.
    public var description: String {
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        let list = problems.enumerated().map { "(\($0 + 1)) \($1.details)" }
        return "\(client) cannot make all of its calls, \(count): \(list.joined(separator: "; "))"
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
