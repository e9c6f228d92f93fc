import CountersignCrypto
@_spi(Generated) public import CountersignJSON

/// A call in the making: an operation and its arguments.
///
/// What an argument says can never leave its place: everything is encoded for where it stands, and what cannot be is
/// refused when the request is sent.
@_spi(Generated)
public struct APIRequest<Success: Sendable, Problem: Sendable>: Sendable {
    let operation: APIOperation<Success, Problem>
    var draft: RequestDraft

    init(_ operation: APIOperation<Success, Problem>, basePath: String) {
        self.operation = operation
        draft = RequestDraft(basePath: basePath, template: operation.path)
    }

    /// Fills the next placeholder of the path.
    public mutating func path(_ value: some APIParameter) {
        draft.appendPath(value.parameter, template: operation.path, named: operation.pathTemplate)
    }

    public mutating func query(_ name: String, _ value: some APIParameter) {
        draft.appendQuery(name, value.parameter)
    }

    public mutating func query<Value: APIParameter>(_ name: String, _ value: Value?) {
        if let value { draft.appendQuery(name, value.parameter) }
    }

    /// Adds one pair for each value.
    public mutating func query<Value: APIParameter>(_ name: String, _ values: [Value]?) {
        for value in values ?? [] { draft.appendQuery(name, value.parameter) }
    }

    /// Adds one pair with all the values, or for ``ParameterStyle/brackets`` one for each.
    public mutating func query<Value: APIParameter>(_ name: String, _ values: [Value]?, style: ParameterStyle) {
        guard let values, !values.isEmpty else { return }
        draft.appendQuery(name, values.map(\.parameter), style: style)
    }

    public mutating func header(_ name: HTTP.FieldName, _ value: some APIParameter) {
        draft.appendField(name, value.parameter)
    }

    public mutating func header<Value: APIParameter>(_ name: HTTP.FieldName, _ value: Value?) {
        if let value { draft.appendField(name, value.parameter) }
    }

    /// Adds one field with the values joined by commas.
    public mutating func header<Value: APIParameter>(_ name: HTTP.FieldName, _ values: [Value]?) {
        guard let values, !values.isEmpty else { return }
        draft.appendField(name, values.map(\.parameter).joined(separator: ", "))
    }

    /// Makes `value` the JSON body.
    public mutating func body(_ value: some JSONEncodable) {
        var json = JSONWriter()
        json.value(value)
        if let failure = json.failure { draft.reject("the body cannot be JSON: \(failure)") }
        draft.fields.append(name: .contentType, value: "application/json")
        draft.body = .bytes(json.bytes)
    }

    /// Makes bytes of a media type the body.
    public mutating func body(_ bytes: [UInt8], _ mediaType: String) {
        draft.fields.append(name: .contentType, value: mediaType)
        draft.body = .bytes(bytes)
    }

    /// Adds a pair to the form that is the body.
    public mutating func form(_ name: String, _ value: some APIParameter) {
        draft.appendForm(name, value.parameter)
    }

    public mutating func form<Value: APIParameter>(_ name: String, _ value: Value?) {
        draft.appendForm(name, value?.parameter)
    }

    /// Adds one pair for each value.
    public mutating func form<Value: APIParameter>(_ name: String, _ values: [Value]?) {
        draft.appendForm(name, nil)
        for value in values ?? [] { draft.appendForm(name, value.parameter) }
    }

    /// Sends the key in the field that the operation names.
    public mutating func idempotencyKey(_ key: IdempotencyKey) {
        guard let name = operation.idempotencyKey else { return }
        if let value = key.value {
            draft.appendField(name, value)
        } else if let value = try? Base64URL.encode(SecureRandom.bytes(16)) {
            draft.appendField(name, value)
        } else {
            draft.reject("no idempotency key could be made")
        }
    }
}

/// How several values of one query parameter are written; one pair for each needs no style.
@_spi(Generated)
public enum ParameterStyle: Sendable {
    /// `?ids=1,2`
    case comma
    /// `?ids=1%202`
    case space
    /// `?ids=1%7C2`: a bar, which no URL may hold as it is
    case pipe
    /// `?ids[]=1&ids[]=2`
    case brackets
}

/// The parts of a request that is not yet for any server.
struct RequestDraft: Sendable {
    var target: String
    var fields: HTTP.Fields
    var body: HTTP.Body?
    /// Why the request must not be sent, if anything was wrong with an argument: the first such thing.
    private(set) var rejection: String?
    private var placeholders = 0
    private var hasQuery: Bool

    init(basePath: String, template: [String]) {
        target = ""
        target.reserveCapacity(basePath.utf8.count + template[0].utf8.count + 64)
        target += basePath
        target += template[0]
        hasQuery = template[0].utf8.contains(UInt8(ascii: "?"))
        fields = HTTP.Fields()
        fields.reserveCapacity(4)
        fields.append(name: .accept, value: "application/json")
    }

    mutating func reject(_ reason: String) {
        if rejection == nil { rejection = reason }
    }

    /// - Parameters:
    ///   - template: The path, cut at its placeholders.
    ///   - path: The same with their names, for the refusal.
    mutating func appendPath(_ value: String, template: [String], named path: String) {
        // An empty or dotted segment would make it another path: servers resolve them, encoded or not.
        if value.isEmpty || value == "." || value == ".." {
            reject("the path parameter '\(Self.placeholder(placeholders, of: path))' is empty, '.' or '..'")
        }
        placeholders += 1
        target.appendPercentEncoded(value)
        if placeholders < template.count { target += template[placeholders] }
    }

    /// The name of a placeholder, numbered from 0; empty where there is none.
    private static func placeholder(_ number: Int, of path: String) -> Substring {
        let parts = path.split(separator: "{", omittingEmptySubsequences: false).dropFirst(number + 1)
        return parts.first?.prefix { $0 != "}" } ?? ""
    }

    mutating func appendQuery(_ name: String, _ value: String) {
        target += hasQuery ? "&" : "?"
        hasQuery = true
        target.appendPercentEncoded(name)
        target += "="
        target.appendPercentEncoded(value)
    }

    mutating func appendQuery(_ name: String, _ values: [String], style: ParameterStyle) {
        if style == .brackets {
            for value in values { appendQuery(name + "[]", value) }
            return
        }
        target += hasQuery ? "&" : "?"
        hasQuery = true
        target.appendPercentEncoded(name)
        target += "="
        for (index, value) in values.enumerated() {
            // The delimiter as it stands, or encoded where no URL may hold it; one within a value is always encoded.
            if index > 0 { target += style == .comma ? "," : style == .space ? "%20" : "%7C" }
            target.appendPercentEncoded(value)
        }
    }

    /// - Parameter value: nil for a field that is left out; the body is a form all the same.
    mutating func appendForm(_ name: String, _ value: String?) {
        if body == nil { fields.append(name: .contentType, value: FormURLEncoded.mediaType) }
        var bytes = body?.bytes ?? []
        // Let go of, so that appending does not copy.
        body = nil
        if let value { FormURLEncoded.append(name, value, to: &bytes) }
        body = .bytes(bytes)
    }

    mutating func appendField(_ name: HTTP.FieldName, _ value: String) {
        guard HTTP.Field.isValidValue(value) else {
            return reject("the value of the header \(name) has characters that no header may carry")
        }
        // An Accept of the schema's stands in the place of the one that every request begins with.
        if name == .accept { fields[.accept] = value } else { fields.append(name: name, value: value) }
    }
}
