/// The statuses of a declared response: a single one, or a class of a hundred.
@_spi(Generated)
public struct StatusPattern: Sendable, ExpressibleByIntegerLiteral {
    private let range: ClosedRange<Int>

    public init(integerLiteral status: Int) {
        range = status...status
    }

    private init(class digit: Int) {
        range = digit * 100...digit * 100 + 99
    }

    public static let informational = StatusPattern(class: 1)
    public static let successful = StatusPattern(class: 2)
    public static let redirection = StatusPattern(class: 3)
    public static let clientError = StatusPattern(class: 4)
    public static let serverError = StatusPattern(class: 5)

    /// True if the pattern is a success, or all successes.
    var isSuccess: Bool { 200...299 ~= range.lowerBound }

    func matches(_ status: HTTP.Status) -> Bool {
        range.contains(status.rawValue)
    }
}
