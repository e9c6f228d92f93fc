/// A pattern of statuses: `404`, `4xx` or, for errors, `default`.
package enum StatusPattern: Hashable, Sendable, CustomStringConvertible {
    case exact(Int)
    /// A range of a hundred statuses: 4 means 400 to 499.
    case hundred(Int)
    case any

    package var description: String {
        switch self {
        case .exact(let status): "\(status)"
        case .hundred(let hundred): "\(hundred)xx"
        case .any: "default"
        }
    }

    /// The status of an exact pattern; nil for any other.
    var exactStatus: Int? {
        if case .exact(let status) = self { status } else { nil }
    }

    var isSuccess: Bool {
        switch self {
        case .exact(let status): (200...299).contains(status)
        case .hundred(let hundred): hundred == 2
        case .any: false
        }
    }

    /// The rank in matching: patterns with a lower rank are more specific.
    var rank: Int {
        switch self {
        case .exact: 0
        case .hundred: 1
        case .any: 2
        }
    }
}
