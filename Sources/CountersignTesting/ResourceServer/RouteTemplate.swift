/// A path template such as `/items/{id}`; each `{name}` matches one segment that is not empty.
struct RouteTemplate: Sendable, Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// Returns true if the templates differ only in the names of their parameters.
    func matchesSamePaths(as other: RouteTemplate) -> Bool {
        shape.elementsEqual(other.shape) { $0.utf8.elementsEqual($1.utf8) }
    }

    /// The segments, without the names of parameters.
    private var shape: [Substring] {
        text.split(separator: "/", omittingEmptySubsequences: false).map {
            $0.hasPrefix("{") && $0.hasSuffix("}") ? "{}" : $0
        }
    }

    /// Returns the matched segments by name, percent-decoded; nil if the path does not match.
    func match(_ path: some StringProtocol) -> [String: String]? {
        let expected = text.split(separator: "/", omittingEmptySubsequences: false)
        let found = path.split(separator: "/", omittingEmptySubsequences: false)
        guard expected.count == found.count else { return nil }
        var captures: [String: String] = [:]
        for (template, segment) in zip(expected, found) {
            if template.hasPrefix("{"), template.hasSuffix("}") {
                // Unlike in a form, a plus sign in a path is not a space.
                let escaped = segment.utf8.flatMap { $0 == UInt8(ascii: "+") ? Array("%2B".utf8) : [$0] }
                guard !segment.isEmpty, let value = FormParameters.decode(escaped) else { return nil }
                captures[String(template.dropFirst().dropLast())] = value
            } else if template != segment {
                return nil
            }
        }
        return captures
    }
}
