/// The body of a request.
package enum Body: Equatable, Sendable {
    /// A JSON object whose fields are parameters of the method; the file declares no type with this name.
    case fields(Structure, name: TypeName)
    /// JSON of a named or composed type, in one parameter `body`.
    case json(TypeReference)
    /// An `application/x-www-form-urlencoded` body whose fields are parameters of the method.
    case form([Field])
    /// A `multipart/form-data` body whose parts are parameters of the method; files are streamed.
    case multipart([Field])
    /// Bytes of one media type.
    case raw(mediaType: String)
}
