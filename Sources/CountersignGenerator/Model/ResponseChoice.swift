import CountersignSchema

/// An enumeration of the types that a response can have, by status.
struct ResponseChoice {
    struct Case {
        var name: SwiftIdentifier
        /// The type of the associated value; nil for a response without a body.
        var type: TypeReference?
        var documentation: String
    }

    var cases: [Case]

    /// Returns the successful responses of an operation, with a case for each status.
    static func success(of responses: [Response]) -> ResponseChoice {
        ResponseChoice(
            cases: responses.map { response in
                Case(
                    name: SwiftIdentifier(name(of: response.status)),
                    type: response.value,
                    documentation: "The response with status \(response.status)."
                )
            }
        )
    }

    static func name(of status: StatusPattern) -> String {
        switch status {
        case .exact(let code): names[code] ?? "status\(code)"
        case .hundred(1): "informational"
        case .hundred(2): "successful"
        case .hundred(3): "redirection"
        case .hundred(4): "clientError"
        case .hundred(5): "serverError"
        case .hundred(let hundred): "status\(hundred)xx"
        case .any: "other"
        }
    }

    /// The reason phrases of RFC 9110 section 15.
    private static let names = [
        200: "ok", 201: "created", 202: "accepted", 203: "nonAuthoritativeInformation", 204: "noContent",
        205: "resetContent", 206: "partialContent", 207: "multiStatus", 300: "multipleChoices",
        301: "movedPermanently", 302: "found", 303: "seeOther", 304: "notModified",
    ]
}
