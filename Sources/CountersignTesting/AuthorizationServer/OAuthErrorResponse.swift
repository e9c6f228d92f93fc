import CountersignHTTP
@_spi(Generated) import CountersignJSON

/// An error response of an authorization server (RFC 6749 section 5.2).
struct OAuthErrorResponse: Error, Sendable {
    var status: HTTP.Status = 400
    var code: String
    var description: String?
    var fields: HTTP.Fields = [:]

    var response: HTTP.Response {
        var members: [String: JSONValue] = ["error": .string(code)]
        if let description { members["error_description"] = .string(description.asErrorDescription) }
        var response = HTTP.Response.json(value: .object(members), status: status)
        response.fields.append(name: .cacheControl, value: "no-store")
        for field in fields { response.fields.append(field) }
        return response
    }

    static func invalidRequest(_ description: String) -> OAuthErrorResponse {
        OAuthErrorResponse(code: "invalid_request", description: description)
    }

    static func invalidGrant(_ description: String) -> OAuthErrorResponse {
        OAuthErrorResponse(code: "invalid_grant", description: description)
    }

    static func invalidClient(_ description: String) -> OAuthErrorResponse {
        OAuthErrorResponse(status: 401, code: "invalid_client", description: description)
    }
}

extension String {
    /// The text with only the characters that `error_description` allows: printable ASCII without `"` and `\`.
    var asErrorDescription: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar {
                    case "\"", "\\": "'"
                    case " "..."~": scalar
                    default: "?"
                    }
                }
            )
        )
    }
}
