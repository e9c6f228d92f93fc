public import CountersignHTTP
public import CountersignJSON

extension HTTP.Response {
    /// A response with this JSON text, sent as it stands.
    public static func json(_ text: String, status: HTTP.Status = 200, fields: HTTP.Fields = [:]) -> HTTP.Response {
        var response = HTTP.Response(
            status: status,
            fields: ["Content-Type": "application/json"],
            body: Array(text.utf8)
        )
        for field in fields { response.fields.append(field) }
        return response
    }

    /// A response with the JSON of this value, which may be a literal such as `["id": "it_1"]`.
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

    /// The members of the JSON object in `bytes`; nil when they are no object, or a member is repeated anywhere.
    static func strictObject(_ bytes: [UInt8]) -> [String: JSONValue]? {
        guard let document = try? JSONDocument(parsing: bytes), document.duplicateKey() == nil,
            case .object(let members) = try? JSONValue(json: document.root)
        else { return nil }
        return members
    }

    /// A NumericDate in seconds (RFC 7519 section 2); nil for what is no finite number.
    var seconds: Double? {
        switch self {
        case .int(let value): Double(value)
        case .number(let digits): Double(digits).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }
}
