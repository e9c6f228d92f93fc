/// Which operation of which client a call is of: what hooks and telemetry are told beside the request.
///
/// Every value stands in a schema or in the program, none comes from a call's arguments: they are fit for labels.
public struct OperationMetadata: Sendable, Hashable, CustomStringConvertible {
    /// The client's name: `CatalogAPI`.
    public let client: String
    /// The operation's name: `getItem`; nil for a call without a schema.
    public let name: String?
    public let method: HTTP.Method
    /// The path as the schema has it, `/items/{id}`; nil for a call without a schema.
    public let pathTemplate: String?

    init(client: String, name: String?, method: HTTP.Method, pathTemplate: String?) {
        self.client = client
        self.name = name
        self.method = method
        self.pathTemplate = pathTemplate
    }

    /// `CatalogAPI.getItem`, or `APIClient GET`.
    public var description: String { name.map { "\(client).\($0)" } ?? "\(client) \(method)" }
}
