/// The texts of a ``WireLog`` about one request and its response.
struct WireLogEntry {
    /// The form parameters whose values are no secrets.
    private static let visibleParameters = [
        "grant_type", "scope", "resource", "audience", "client_id", "client_assertion_type", "code_challenge_method",
        "redirect_uri", "requested_token_type", "response_type", "subject_token_type", "token_type_hint",
    ]
    /// The members of a token response that are no secrets.
    private static let visibleMembers = ["token_type", "expires_in", "scope"]
    private static let maximumLength = 300

    /// The credentials of the request, which the response may repeat.
    private var credentials = SentCredentials()

    init(of request: HTTP.Request) {
        for field in request.fields where field.isSecret || field.name.isCredential { credentials.add(field.value) }
        for (name, value) in Self.form(of: request) ?? [] where !Self.contains(Self.visibleParameters, name) {
            credentials.add(value)
        }
        for (_, value) in Self.query(of: request) ?? [] { credentials.add(value) }
    }

    // MARK: The request

    func text(of request: HTTP.Request, visibleFields: [HTTP.FieldName]) -> String {
        var lines = ["\(request.method.rawValue) \(url(of: request))"]
        for field in request.fields {
            switch field.name {
            case .authorization:
                lines.append("Authorization: \(scheme(of: field.value)) <redacted>")
            case .dpop:
                lines.append("DPoP: <\(proof(field.value))>")
            case _ where field.isSecret || field.name.isCredential:
                lines.append("\(field.name): <redacted>")
            case _ where visibleFields.contains(field.name):
                lines.append("\(field.name): \(visible(field.value))")
            default:
                continue
            }
        }
        if let form = Self.form(of: request) {
            let pairs = form.map { name, value in
                "\(visible(name))=\(Self.contains(Self.visibleParameters, name) ? Self.printable(value) : "<redacted>")"
            }
            lines.append(pairs.joined(separator: "&"))
        } else if let body = request.body {
            lines.append(body.bytes.map { "<\($0.count) bytes>" } ?? "<a body>")
        }
        return lines.joined(separator: "\n    ")
    }

    /// Returns the URL with the names of its query parameters.
    private func url(of request: HTTP.Request) -> String {
        // Without the values of the query, which `credentials` contains: the path may repeat one.
        let url = SentCredentials().redact(request.url.withoutQuery)
        guard request.url.query != nil else { return url }
        guard let query = Self.query(of: request) else { return url + "?<redacted>" }
        return url + "?" + query.map { "\(visible($0.name))=<redacted>" }.joined(separator: "&")
    }

    /// Returns the scheme of an `Authorization` field, if it is a known one.
    private func scheme(of value: String) -> String {
        let scheme = value.utf8.prefix { $0 != UInt8(ascii: " ") }
        return ["Bearer", "DPoP", "Basic"].first { $0.utf8.elementsEqual(scheme) } ?? ""
    }

    /// Returns the claims of a proof, but not the proof: although it is valid for one request only, it is a credential.
    private func proof(_ value: String) -> String {
        let parts = value.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Substring.init)
        guard parts.count == 3, let payload = Base64URL.decode(parts[1]),
            let claims = try? JSONValue(parsingJSON: payload)
        else { return "an unreadable proof" }
        let target = [claims["htm"]?.string, claims["htu"]?.string].compactMap { $0.map(SentCredentials().redact) }
        var text = "a proof for \(target.joined(separator: " "))"
        if claims["ath"] != nil { text += ", bound to the token" }
        if claims["nonce"] != nil { text += ", with the server's nonce" }
        return text
    }

    // MARK: The response

    func text(of response: HTTP.Response, visibleFields: [HTTP.FieldName]) -> String {
        var lines = [String(response.status.rawValue) + summary(of: response)]
        for challenge in WWWAuthenticateChallenge.parse(response.fields.values(for: .wwwAuthenticate)) {
            let name = ["DPoP", "Bearer", "Basic"].first { $0.lowercased().utf8.elementsEqual(challenge.scheme.utf8) }
            let parameters = challenge.parameters.sorted { $0.key < $1.key }
                .map { " \(visible($0))=\"\(visible($1))\"" }.joined(separator: ",")
            lines.append("WWW-Authenticate: \(name ?? visible(challenge.scheme))\(parameters)")
        }
        for field in response.fields {
            switch field.name {
            case .dpopNonce: lines.append("DPoP-Nonce: \(Self.printable(field.value))")
            case .location: lines.append("Location: \(target(of: field.value))")
            case .retryAfter: lines.append("Retry-After: \(visible(field.value))")
            case _ where field.isSecret || field.name.isCredential: lines.append("\(field.name): <redacted>")
            case _ where visibleFields.contains(field.name): lines.append("\(field.name): \(visible(field.value))")
            default: continue
            }
        }
        return lines.joined(separator: "\n    ")
    }

    /// Returns the members of a token response or an error that are no secrets, or the size of the body.
    private func summary(of response: HTTP.Response) -> String {
        if response.body.isEmpty { return "" }
        guard response.body.count <= 65_536, case .object(let members)? = try? JSONValue(parsingJSON: response.body)
        else { return ", <\(response.body.count) bytes>" }
        var parts: [String] = []
        for token in ["access_token", "refresh_token", "id_token"] where members[token] != nil {
            parts.append("\(token) <redacted>")
        }
        if !parts.isEmpty {
            for name in Self.visibleMembers {
                guard let value = members[name] else { continue }
                parts.append("\(name) \(visible(value.string ?? value.description))")
            }
        } else if let error = members["error"]?.string, TokenError.isCode(error) {
            parts.append("error \(visible(error))")
        } else {
            parts.append("<\(response.body.count) bytes>")
        }
        return ", " + parts.joined(separator: ", ")
    }

    /// Returns the target of a redirect without its query, which may contain a code.
    private func target(of location: String) -> String {
        let bytes = location.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        // User information may contain a password.
        if bytes.contains(UInt8(ascii: "@")) { return "<redacted>" }
        let text = visible(String(decoding: Array(bytes), as: UTF8.self))
        return bytes.count < location.utf8.count ? text + "?<redacted>" : text
    }

    // MARK: Texts

    /// Returns a text with everything masked that is a credential of the request, or looks like one.
    private func visible(_ text: String) -> String {
        credentials.redact(Self.printable(text))
    }

    /// Returns the printable characters of a text, up to a limit.
    private static func printable(_ text: String) -> String {
        String(text.unicodeScalars.prefix(maximumLength).map { $0.isPrintable ? Character($0) : " " })
    }

    private static func form(of request: HTTP.Request) -> [(name: String, value: String)]? {
        guard let type = request.fields[.contentType], type.utf8.starts(with: FormURLEncoded.mediaType.utf8),
            let bytes = request.body?.bytes
        else { return nil }
        return FormURLEncoded.decode(bytes)
    }

    private static func query(of request: HTTP.Request) -> [(name: String, value: String)]? {
        request.url.query.flatMap { FormURLEncoded.decode(Array($0.utf8)) }
    }

    private static func contains(_ names: [String], _ name: String) -> Bool {
        names.contains { $0.utf8.elementsEqual(name.utf8) }
    }
}
