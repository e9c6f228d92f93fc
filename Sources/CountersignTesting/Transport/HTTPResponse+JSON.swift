public import CountersignHTTP
@_spi(Generated) public import CountersignJSON

extension HTTP.Response {
    /// Creates a response with a JSON text as its body.
    public static func json(_ text: String, status: HTTP.Status = 200, fields: HTTP.Fields = [:]) -> HTTP.Response {
        var response = HTTP.Response(
            status: status,
            fields: ["Content-Type": "application/json"],
            body: Array(text.utf8)
        )
        for field in fields { response.fields.append(field) }
        return response
    }

    /// Creates a response with a JSON value as its body, for example a literal such as `["id": "it_1"]`.
    public static func json(
        value: JSONValue,
        status: HTTP.Status = 200,
        fields: HTTP.Fields = [:]
    ) -> HTTP.Response {
        .json(value.description, status: status, fields: fields)
    }
}

extension JSONValue {
    var text: [UInt8] { Array(description.utf8) }

    /// Returns the members of a JSON object; nil if the bytes are not an object, or repeat a member at any depth.
    static func strictObject(_ bytes: [UInt8]) -> Members? {
        guard let document = try? JSONDocument(parsing: bytes), document.duplicateKey() == nil,
            case .object(let members) = try? JSONValue(json: document.root)
        else { return nil }
        return members
    }

    /// A NumericDate in seconds since 1970 (RFC 7519 section 2); nil if the value is not a finite number.
    var seconds: Double? {
        switch self {
        case .int(let value): Double(value)
        case .number(let digits): Double(digits).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }
}
