extension Schema {
    /// One request that the client can make.
    package struct Operation: Sendable {
        /// The name as the file has it.
        package var name: String
        /// The name of the method, unescaped.
        package var swiftName: String
        /// The name that inline types nest in: `ListItems`.
        package var typeName: TypeName
        package var location = SourceLocation.start
        package var method: Method
        package var path: PathTemplate
        package var summary: String?
        package var description: String?
        /// What to use instead; nil for an operation that is not deprecated.
        package var deprecated: String?
        /// The parameters of the path, in the order of the template.
        package var pathParameters: [Parameter] = []
        package var queryParameters: [Parameter] = []
        package var headerParameters: [Parameter] = []
        package var body: Body?
        /// What counts as success: never empty, the more specific statuses first.
        package var responses: [Response]
        /// The declared errors, the client's among them, the more specific statuses first.
        package var errors: [Response] = []
        package var pagination: Pagination?
        /// What the operation needs of a token, beyond what its scheme always asks for.
        package var scopes: [String] = []
        /// What it takes to send it: its own `auth`, or the default.
        package var requirement = AuthorizationRequirement.none
        /// The header that carries a key made once a call.
        package var idempotencyKey: String?
        /// A base URL that replaces the client's.
        package var server: String?
        package var timeout: Duration?

        package enum Method: String, Sendable, CaseIterable {
            case get, head, post, put, patch, delete, options

            /// The method on the wire.
            package var wireName: String { rawValue.uppercased() }
        }
    }
}

/// A path whose braces stand for parameters: `/items/{id}`.
package struct PathTemplate: Equatable, Sendable {
    /// The template as written.
    package var text: String
    package var segments: [Segment]

    package enum Segment: Equatable, Sendable {
        /// Text that is sent as it stands, slashes included.
        case literal(String)
        /// The wire name of a path parameter.
        case parameter(String)
    }
}

/// A parameter of the path, the query or the header.
package struct Parameter: Sendable {
    package var field: Field
    package var style = Style.repeat

    /// How several values of one parameter are written.
    package enum Style: String, Sendable, CaseIterable {
        /// `?a=1&a=2`
        case `repeat`
        /// `?a=1,2`
        case comma
        /// `?a=1%202`
        case space
        /// `?a=1|2`
        case pipe
        /// `?a[]=1&a[]=2`
        case brackets
        /// `?a[b]=1`, for an object
        case deepObject
    }
}

package enum Body: Equatable, Sendable {
    /// A JSON object whose fields are the method's parameters. The name is free for a type, none is declared.
    case fields(Structure, name: TypeName)
    /// JSON of a named or composed type: one parameter `body`.
    case json(TypeReference)
    /// `application/x-www-form-urlencoded`, its fields being parameters.
    case form([Field])
    /// `multipart/form-data`, its parts being parameters; files are streamed.
    case multipart([Field])
    /// Bytes of one media type.
    case raw(mediaType: String)
}

/// What a status, or a range of them, means.
package struct Response: Sendable {
    package var status: StatusPattern
    package var content: Content
    package var headers: [Field] = []
    /// The name that is free for a type of header fields and body together.
    package var name: TypeName
    package var location = SourceLocation.start

    package enum Content: Hashable, Sendable {
        case nothing
        case json(TypeReference)
        /// A body that is handed on as it arrives.
        case stream(mediaType: String)
        /// `text/event-stream`, each event's data being JSON of the type.
        case events(TypeReference)
    }

    /// The type of a JSON body.
    package var body: TypeReference? {
        if case .json(let type) = content { type } else { nil }
    }

    /// The type that holds the body, if there is one, and the header fields.
    package var declaration: TypeDeclaration {
        var fields = headers
        if let body { fields.insert(Field(name: "body", swiftName: "body", type: body, location: location), at: 0) }
        let structure = Structure(fields: fields)
        return TypeDeclaration(name: name, location: location, kind: .structure(structure), coding: .decoded)
    }
}

/// `404`, `4xx` or, for errors, `default`.
package enum StatusPattern: Hashable, Sendable, CustomStringConvertible {
    case exact(Int)
    /// All statuses of a hundred: 4 is 400 to 499.
    case hundred(Int)
    case any

    package var description: String {
        switch self {
        case .exact(let status): "\(status)"
        case .hundred(let hundred): "\(hundred)xx"
        case .any: "default"
        }
    }
}

/// How an operation's answer leads to the next page.
package struct Pagination: Sendable {
    package var next: Next
    /// The field of the answer that holds the items; nil when the answer is the list.
    package var items: Field?
    /// The type of one item.
    package var itemType: TypeReference
    package var location = SourceLocation.start

    package enum Next: Equatable, Sendable {
        /// A field of the answer goes into a query parameter (by wire name) of the next request.
        case cursor(field: Field, into: String)
        /// A `Link` header with `rel="next"` (RFC 8288).
        case linkHeader
        /// A query parameter (by wire name) that counts up until a page is empty.
        case page(parameter: String)
    }
}
