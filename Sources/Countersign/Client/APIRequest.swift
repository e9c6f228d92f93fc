import CountersignCrypto

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
        draft.appendPath(value.parameter, template: operation.path)
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

    public mutating func header(_ name: HTTPFieldName, _ value: some APIParameter) {
        draft.appendField(name, value.parameter)
    }

    public mutating func header<Value: APIParameter>(_ name: HTTPFieldName, _ value: Value?) {
        if let value { draft.appendField(name, value.parameter) }
    }

    /// Adds one field with the values joined by commas.
    public mutating func header<Value: APIParameter>(_ name: HTTPFieldName, _ values: [Value]?) {
        guard let values, !values.isEmpty else { return }
        draft.appendField(name, values.map(\.parameter).joined(separator: ", "))
    }

    /// Makes `value` the JSON body.
    public mutating func body(_ value: some JSONEncodable) {
        var json = JSONWriter()
        json.value(value)
        if let failure = json.failure { draft.refuse("the body cannot be JSON: \(failure)") }
        draft.fields.append(name: .contentType, value: "application/json")
        draft.body = .bytes(json.bytes)
    }

    /// Sends the key in the field that the operation names.
    public mutating func idempotencyKey(_ key: IdempotencyKey) {
        guard let name = operation.idempotencyKey else { return }
        if let value = key.value {
            draft.appendField(name, value)
        } else if let value = try? Base64URL.encode(SecureRandom.bytes(16)) {
            draft.appendField(name, value)
        } else {
            draft.refuse("no idempotency key could be made")
        }
    }
}

/// The parts of a request that is not yet for any server.
struct RequestDraft: Sendable {
    var target: String
    var fields: HTTPFields
    var body: HTTPBody?
    /// Why the request must not be sent, if anything was wrong with an argument: the first such thing.
    private(set) var refusal: String?
    private var placeholders = 0
    private var hasQuery: Bool

    init(basePath: String, template: [String]) {
        target = ""
        target.reserveCapacity(basePath.utf8.count + template[0].utf8.count + 64)
        target += basePath
        target += template[0]
        hasQuery = template[0].utf8.contains(UInt8(ascii: "?"))
        fields = HTTPFields()
        fields.reserveCapacity(4)
        fields.append(name: .accept, value: "application/json")
    }

    mutating func refuse(_ reason: String) {
        if refusal == nil { refusal = reason }
    }

    mutating func appendPath(_ value: String, template: [String]) {
        // An empty or dotted segment would make it another path: servers resolve them, encoded or not.
        if value.isEmpty || value == "." || value == ".." {
            refuse("a path parameter is empty, '.' or '..'")
        }
        placeholders += 1
        target.appendPercentEncoded(value)
        if placeholders < template.count { target += template[placeholders] }
    }

    mutating func appendQuery(_ name: String, _ value: String) {
        target += hasQuery ? "&" : "?"
        hasQuery = true
        target.appendPercentEncoded(name)
        target += "="
        target.appendPercentEncoded(value)
    }

    mutating func appendField(_ name: HTTPFieldName, _ value: String) {
        guard HTTPField.isValidValue(value) else {
            return refuse("the value of the header \(name) has characters that no header may carry")
        }
        fields.append(name: name, value: value)
    }
}
