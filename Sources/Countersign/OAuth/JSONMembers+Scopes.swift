package import CountersignJSON

extension JSONMembers {
    /// Returns the scopes of a response: of `scope`, which is a text with spaces (RFC 6749 section 3.3) or a list.
    ///
    /// - Returns: Nil if the member is missing, empty or invalid: it then says nothing about the scopes (P62).
    package func scopes() -> [String]? {
        guard let texts = try? strings("scope") else { return nil }
        let scopes = texts.flatMap { text in
            text.utf8.split { $0 <= 0x20 }.map { String(decoding: $0, as: UTF8.self) }
        }
        return scopes.isEmpty ? nil : scopes
    }
}
