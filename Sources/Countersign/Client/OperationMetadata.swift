/// The operation that a call belongs to, for middleware, telemetry and errors.
///
/// All values come from a schema or from the program, never from the arguments of a call, so they are suitable as labels.
public struct OperationMetadata: Sendable, Hashable, CustomStringConvertible {
    /// The name of the client, such as `CatalogAPI`.
    public let client: String
    /// The name of the operation, such as `getItem`; nil for a call without a schema.
    public let name: String?
    public let method: HTTP.Method
    /// The path in the schema, such as `/items/{id}`; nil for a call without a schema.
    public let pathTemplate: String?

    /// Creates a description, for example in the test of a ``CallMiddleware`` or a ``Telemetry``.
    public init(client: String, name: String?, method: HTTP.Method, pathTemplate: String?) {
        self.client = client
        self.name = name
        self.method = method
        self.pathTemplate = pathTemplate
    }

    /// `CatalogAPI.getItem`, or `APIClient GET`.
    public var description: String { name.map { "\(client).\($0)" } ?? "\(client) \(method)" }
}
