/// The members of a JSON object that a server sent, each validated when it is read.
///
/// An authorization server's response must not be lost to a member that nobody needs (P61). So a member that occurs
/// twice, is not UTF-8, is not JSON or is nested too deeply is an error only for the code that reads it. The structure
/// of the document must be valid. A member that is `null` counts as missing.
///
/// ```swift
/// let members = try JSONMembers(parsing: response.body)
/// let token = try members.string("access_token")
/// let lifetime = try? members.number("expires_in")
/// let keys = try members.objects("keys")
/// ```
package struct JSONMembers: Sendable {
    private let document: JSONDocument
    private let index: Int

    private init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    /// Parses a text whose value is an object.
    ///
    /// - Throws: ``JSONDecodingError`` if the text has no valid structure or another kind of value.
    package init(parsing bytes: [UInt8]) throws(JSONDecodingError) {
        do throws(JSONSyntaxError) {
            document = try JSONDocument(bytes, limits: .standard, recordsFaults: true)
        } catch {
            throw JSONDecodingError(
                path: "",
                line: error.line,
                column: error.column,
                message: "invalid JSON: \(error.message)"
            )
        }
        index = 0
        guard document.root.kind == .object else { throw JSONDecodingError(at: document.root, expected: "an object") }
    }

    // MARK: Members

    /// Returns the valid value of a member; `nil` if the member is missing or `null`.
    ///
    /// - Throws: ``JSONDecodingError`` if the value is invalid, contains a duplicate key, or differs between two
    ///   members of
    ///   this name.
    package func value(_ name: String) throws(JSONDecodingError) -> JSONNode? {
        guard let node = try node(name) else { return nil }
        if let fault = document.firstFault(of: node.index) {
            throw error(name, "invalid JSON: \(fault.message)", at: fault.offset)
        }
        if let key = document.duplicateKey(in: node.index..<document.end(of: node.index)) {
            throw error(name, "a key in it occurs twice", at: key.offset)
        }
        return node.isNull ? nil : node
    }

    /// Returns the text of a member; `nil` if the member is missing or `null`.
    ///
    /// - Throws: ``JSONDecodingError`` if it is invalid, occurs twice or is not a string.
    package func string(_ name: String) throws(JSONDecodingError) -> String? {
        guard let node = try value(name) else { return nil }
        guard let text = node.string else { throw error(name, expected: "a string", node) }
        return text
    }

    /// Returns the strings of a member, which is an array of strings or one string; `nil` if it is missing or `null`.
    ///
    /// Elements of other kinds are skipped.
    ///
    /// - Throws: ``JSONDecodingError`` if it is invalid, occurs twice or has another kind.
    package func strings(_ name: String) throws(JSONDecodingError) -> [String]? {
        guard let node = try value(name) else { return nil }
        if let text = node.string { return [text] }
        guard node.kind == .array else { throw error(name, expected: "an array of strings", node) }
        return node.elements.compactMap(\.string)
    }

    /// Returns the number of a member, which is a number or the text of one; `nil` if it is missing or `null`.
    ///
    /// - Throws: ``JSONDecodingError`` if it is invalid, occurs twice, is not a number, or is out of the range of
    ///   `Double`.
    package func number(_ name: String) throws(JSONDecodingError) -> Double? {
        guard let node = try value(name) else { return nil }
        guard let number = node.double ?? node.withString(Self.number) ?? nil else {
            throw error(name, expected: "a number", node)
        }
        return number
    }

    /// Returns the members of an object; `nil` if the member is missing or `null`.
    ///
    /// - Throws: ``JSONDecodingError`` if it occurs twice or is not an object.
    package func object(_ name: String) throws(JSONDecodingError) -> JSONMembers? {
        guard let node = try node(name), !isNull(node) else { return nil }
        guard node.kind == .object else { throw error(name, expected: "an object", node) }
        return JSONMembers(document: document, index: node.index)
    }

    /// Returns the objects of an array; `nil` if the member is missing or `null`.
    ///
    /// Elements of other kinds are skipped.
    ///
    /// - Throws: ``JSONDecodingError`` if it occurs twice or is not an array.
    package func objects(_ name: String) throws(JSONDecodingError) -> [JSONMembers]? {
        guard let node = try node(name), !isNull(node) else { return nil }
        guard node.kind == .array else { throw error(name, expected: "an array", node) }
        return node.elements.compactMap { element in
            element.kind == .object ? JSONMembers(document: document, index: element.index) : nil
        }
    }

    /// Returns all members that can be read; without those that are `null`, invalid, or occur twice with different
    /// values.
    package func values() -> JSONValue.Members {
        var nodes: [[UInt8]: JSONNode] = [:]
        var differing: Set<[UInt8]> = []
        for (key, value) in object.members where document.firstFault(of: key.index) == nil {
            let name = document.unescaped(key.index)
            if let first = nodes.updateValue(value, forKey: name), !isEqual(first, value) { differing.insert(name) }
        }
        var values = JSONValue.Members()
        for (name, node) in nodes where !differing.contains(name) {
            guard document.firstFault(of: node.index) == nil, !node.isNull,
                document.duplicateKey(in: node.index..<document.end(of: node.index)) == nil,
                let value = try? JSONValue(json: node)
            else { continue }
            values[String(decoding: name, as: UTF8.self)] = value
        }
        return values
    }

    // MARK: Reading

    /// Returns the number that a text consists of, apart from spaces around it.
    private static func number(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        let space = UInt8(ascii: " ")
        var rest = text[...]
        while rest.first == space { rest.removeFirst() }
        while rest.last == space { rest.removeLast() }
        let digits = UnsafeBufferPointer(rebasing: rest)
        return JSONParser.isNumber(digits) ? JSONNumber.double(digits) : nil
    }

    private var object: JSONNode { JSONNode(document: document, index: index) }

    /// Returns the value of a member, which may be invalid.
    private func node(_ name: String) throws(JSONDecodingError) -> JSONNode? {
        var found: JSONNode?
        for (key, value) in object.members where isKey(key, name) {
            guard let first = found else {
                found = value
                continue
            }
            guard isEqual(first, value) else {
                throw error(name, "it occurs twice, with different values", at: key.offset)
            }
        }
        return found
    }

    private func isKey(_ key: JSONNode, _ name: String) -> Bool {
        guard document.firstFault(of: key.index) == nil else { return false }
        return withUTF8(of: name) { document.isKey(key.index, $0) }
    }

    /// Returns true for two values with the same text, apart from white space.
    private func isEqual(_ first: JSONNode, _ second: JSONNode) -> Bool {
        let count = document.end(of: first.index) - first.index
        guard count == document.end(of: second.index) - second.index else { return false }
        return (0..<count).allSatisfy { offset in
            let (left, right) = (document.tape[first.index + offset], document.tape[second.index + offset])
            guard left.extent == right.extent else { return false }
            let isContainer = document.bytes[left.offset] & 0xDF == UInt8(ascii: "[")
            // The extent of a string does not count its opening quote.
            let length = isContainer ? 1 : left.extent + (document.bytes[left.offset] == UInt8(ascii: "\"") ? 1 : 0)
            return document.bytes[left.offset..<(left.offset + length)]
                .elementsEqual(document.bytes[right.offset..<min(right.offset + length, document.bytes.count)])
        }
    }

    private func isNull(_ node: JSONNode) -> Bool {
        node.isNull && document.firstFault(of: node.index) == nil
    }

    // MARK: Errors

    private func error(_ name: String, _ message: String, at offset: Int) -> JSONDecodingError {
        let location = document.bytes.withUnsafeBufferPointer { JSONLocation(of: offset, in: $0) }
        return JSONDecodingError(path: name, line: location.line, column: location.column, message: message)
    }

    private func error(_ name: String, expected: String, _ node: JSONNode) -> JSONDecodingError {
        error(name, "expected \(expected), found \(node.kind.noun)", at: node.offset)
    }
}
