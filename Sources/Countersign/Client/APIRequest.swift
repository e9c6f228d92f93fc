import CountersignCrypto
@_spi(Generated) public import CountersignJSON

/// An operation with the arguments of one call.
///
/// Arguments are encoded for the part of the request that contains them, so they cannot change other parts. An argument
/// that cannot be encoded is rejected when the request is sent.
@_spi(Generated)
public struct APIRequest<Success: Sendable, Problem: Sendable>: Sendable {
    let operation: APIOperation<Success, Problem>
    var draft: RequestDraft

    init(_ operation: APIOperation<Success, Problem>, basePath: String) {
        self.operation = operation
        draft = RequestDraft(basePath: basePath, template: operation.path)
    }

    /// Returns the text of an argument, and rejects one that the API could not read.
    private mutating func text(of value: some APIParameter, place: (RequestDraft) -> String) -> String {
        if !value.isValidParameter {
            draft.reject("the \(place(draft)) must be a finite number, or a date of the years 0 to 9999")
        }
        return value.parameter
    }

    /// Replaces the next placeholder of the path.
    public mutating func path(_ value: some APIParameter) {
        let template = operation.pathTemplate
        let text = text(of: value) { "path parameter '\($0.nextPlaceholder(of: template))'" }
        draft.appendPath(text, template: operation.path, named: template)
    }

    public mutating func query(_ name: String, _ value: some APIParameter) {
        draft.appendQuery(name, text(of: value) { _ in "query parameter '\(name)'" })
    }

    public mutating func query<Value: APIParameter>(_ name: String, _ value: Value?) {
        if let value { query(name, value) }
    }

    /// Adds one pair for each value.
    public mutating func query<Value: APIParameter>(_ name: String, _ values: [Value]?) {
        for value in values ?? [] { query(name, value) }
    }

    /// Adds one pair with all values, or one for each value with ``ParameterStyle/brackets``.
    public mutating func query<Value: APIParameter>(_ name: String, _ values: [Value]?, style: ParameterStyle) {
        guard let values, !values.isEmpty else { return }
        let texts = values.map { value in text(of: value) { _ in "query parameter '\(name)'" } }
        draft.appendQuery(name, texts, style: style)
    }

    public mutating func header(_ name: HTTP.FieldName, _ value: some APIParameter) {
        draft.appendField(name, text(of: value) { _ in "header field \(name)" })
    }

    public mutating func header<Value: APIParameter>(_ name: HTTP.FieldName, _ value: Value?) {
        if let value { header(name, value) }
    }

    /// Adds one field with the values, separated by commas.
    public mutating func header<Value: APIParameter>(_ name: HTTP.FieldName, _ values: [Value]?) {
        guard let values, !values.isEmpty else { return }
        let texts = values.map { value in text(of: value) { _ in "header field \(name)" } }
        draft.appendField(name, texts.joined(separator: ", "))
    }

    /// Sets a JSON body.
    public mutating func body(_ value: some JSONEncodable) {
        var json = JSONWriter()
        json.value(value)
        if let failure = json.failure { draft.reject("the body cannot be encoded as JSON: \(failure)") }
        draft.fields.append(name: .contentType, value: "application/json")
        draft.body = .bytes(json.bytes)
    }

    /// Sets a body of a media type.
    public mutating func body(_ bytes: [UInt8], _ mediaType: String) {
        draft.fields.append(name: .contentType, value: mediaType)
        draft.body = .bytes(bytes)
    }

    /// Adds a pair to the form in the body.
    public mutating func form(_ name: String, _ value: some APIParameter) {
        draft.appendForm(name, text(of: value) { _ in "form parameter '\(name)'" })
    }

    public mutating func form<Value: APIParameter>(_ name: String, _ value: Value?) {
        if let value { form(name, value) } else { draft.appendForm(name, nil) }
    }

    /// Adds one pair for each value.
    public mutating func form<Value: APIParameter>(_ name: String, _ values: [Value]?) {
        draft.appendForm(name, nil)
        for value in values ?? [] { form(name, value) }
    }

    /// Sets the idempotency key, in the header field of the operation.
    public mutating func idempotencyKey(_ key: IdempotencyKey) {
        guard let name = operation.idempotencyKey else { return }
        if let value = key.value {
            draft.appendField(name, value)
        } else if let value = try? Base64URL.encode(SecureRandom.bytes(16)) {
            draft.appendField(name, value)
        } else {
            draft.reject("the idempotency key could not be created")
        }
    }
}

/// The notation of several values in one query parameter.
///
/// One pair for each value, `?ids=1&ids=2`, needs no style.
@_spi(Generated)
public enum ParameterStyle: Sendable {
    /// `?ids=1,2`
    case comma
    /// `?ids=1%202`
    case space
    /// `?ids=1%7C2`: an encoded vertical bar, which is invalid in a URL
    case pipe
    /// `?ids[]=1&ids[]=2`
    case brackets
}

/// A request under construction: its target, fields and body, without a server.
struct RequestDraft: Sendable {
    var target: String
    var fields: HTTP.Fields
    var body: HTTP.Body?
    /// The first problem with an argument.
    ///
    /// A request that has one is not sent.
    private(set) var rejection: String?
    private var placeholders = 0
    /// True if a value of the path has bytes that could be part of a dot segment or an escape.
    private var hasUnusualValue = false
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

    /// Replaces the next placeholder of the path.
    ///
    /// - Parameters:
    ///   - template: The path template, split at its placeholders.
    ///   - path: The whole path template, for errors.
    mutating func appendPath(_ value: String, template: [String], named path: String) {
        let literal = placeholders + 1 < template.count ? template[placeholders + 1] : ""
        hasUnusualValue = hasUnusualValue || value.isEmpty || !value.utf8.allSatisfy(\.isPlain)
        target.appendPercentEncoded(value)
        // P42: no value may lead to another path. The segment can have text and other values around this one.
        if hasUnusualValue {
            let slash = UInt8(ascii: "/")
            let begin = target.utf8.lastIndex(of: slash).map(target.utf8.index(after:)) ?? target.startIndex
            let segment = Array(target.utf8[begin...]) + literal.utf8.prefix { $0 != slash }
            if DotSegments.isEmpty(value) || DotSegments.areIn(value.utf8) || DotSegments.areIn(segment) {
                let name = nextPlaceholder(of: path)
                reject(
                    """
                    the path parameter '\(name)' is empty or has a segment '.' or '..', possibly encoded, which servers \
                    would resolve to another path; validate the value
                    """
                )
            }
        }
        placeholders += 1
        target += literal
    }

    /// Returns the name of the next placeholder; empty if there is none.
    ///
    /// - Parameter path: The whole path template.
    func nextPlaceholder(of path: String) -> Substring {
        let parts = path.split(separator: "{", omittingEmptySubsequences: false).dropFirst(placeholders + 1)
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
            // A delimiter that is invalid in a URL is encoded. A delimiter within a value is always encoded.
            if index > 0 { target += style == .comma ? "," : style == .space ? "%20" : "%7C" }
            target.appendPercentEncoded(value)
        }
    }

    /// Appends a pair to the form in the body.
    ///
    /// - Parameter value: The value; nil appends no pair, but makes the body a form.
    mutating func appendForm(_ name: String, _ value: String?) {
        if body == nil { fields.append(name: .contentType, value: FormURLEncoded.mediaType) }
        var bytes = body?.bytes ?? []
        // Released, so that appending does not copy the bytes.
        body = nil
        if let value { FormURLEncoded.append(name, value, to: &bytes) }
        body = .bytes(bytes)
    }

    mutating func appendField(_ name: HTTP.FieldName, _ value: String) {
        guard HTTP.Field.isValidValue(value) else {
            return reject("the value of the header field \(name) contains invalid characters")
        }
        // An Accept of the schema replaces the default.
        if name == .accept { fields[.accept] = value } else { fields.append(name: name, value: value) }
    }
}

extension UInt8 {
    /// True for a letter, a digit, `-`, `_` and `~`, which are no part of a dot segment.
    fileprivate var isPlain: Bool { isUnreserved && self != UInt8(ascii: ".") }
}
