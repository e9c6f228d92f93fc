/// The response that a status, or a range of statuses, stands for.
package struct Response: Sendable {
    package var status: StatusPattern
    package var content: Content
    package var headers: [Field] = []
    /// The name for a generated type of header fields and body; unused if there are no header fields.
    package var name: TypeName
    package var location = SourceLocation.start

    package enum Content: Hashable, Sendable {
        case nothing
        case json(TypeReference)
        /// A body that is delivered while it is received.
        case stream(mediaType: String)
        /// A `text/event-stream` whose events contain JSON of the type.
        case events(TypeReference)
    }

    /// The type of a JSON body.
    package var body: TypeReference? {
        if case .json(let type) = content { type } else { nil }
    }

    /// The declaration of a type of the body, if there is one, and the header fields.
    package var declaration: TypeDeclaration {
        var fields = headers
        if let body { fields.insert(Field(name: "body", swiftName: "body", type: body, location: location), at: 0) }
        let structure = Structure(fields: fields)
        return TypeDeclaration(name: name, location: location, kind: .structure(structure), coding: .decoded)
    }
}

extension [Response] {
    /// The responses with exact statuses first, then ranges, then the default, otherwise in file order.
    var mostSpecificFirst: [Response] {
        enumerated().sorted {
            ($0.element.status.rank, $0.offset) < ($1.element.status.rank, $1.offset)
        }.map(\.element)
    }
}
