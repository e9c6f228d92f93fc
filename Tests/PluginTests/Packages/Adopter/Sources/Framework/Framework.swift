// A module with types that have the names of a web framework.

public struct Request: Sendable {
    public var path: String

    public init(path: String) { self.path = path }
}

public struct Response: Sendable {
    public var code: Int

    public init(code: Int) { self.code = code }
}

public struct Secret: Sendable {
    public var label: String

    public init(label: String) { self.label = label }
}

public struct Runtime: Sendable {
    public var workers: Int

    public init(workers: Int) { self.workers = workers }
}
