@_spi(Generated) import CountersignJSON

/// The part of an error response that the description of a call error repeats, in at most 200 characters.
///
/// It consists of the target of a redirect, the scope that a challenge demands, and the usual members of error bodies:
/// `title` and `detail` (RFC 9457), `error`, `error_description`, `message` and `code`. The server chooses these texts,
/// so everything that it may have copied from the request is masked, and everything that looks like a token (P59).
/// Nothing of a successful response that could not be decoded is repeated.
struct ResponseExcerpt {
    private static let maximumLength = 200
    /// The length to which each text of the server is cut before it is searched for credentials.
    private static let maximumTextLength = 1000
    private static let maximumBodyLength = 65_536

    let text: String

    init(of response: HTTP.Response, in context: CallContext) {
        var parts: [String] = []
        if let target = Self.redirectTarget(of: response, server: context.server) {
            parts.append("the redirect leads to \(target)")
        }
        if let scope = Self.demandedScope(in: response) {
            parts.append("the API demands the scope '\(Self.quotable(scope))'")
        }
        // The credentials of an attempt that succeeded are not known here: recording them would slow down each call.
        let statements = response.status.isSuccess ? [] : Self.statements(in: response.body)
        if !statements.isEmpty {
            parts.append("the API said '\(statements.map(Self.quotable).joined(separator: ": "))'")
        }
        text = Self.shortened(context.credentials.redact(parts.joined(separator: "; ")))
    }

    /// Returns the origin and the path of a redirect, without the query.
    private static func redirectTarget(of response: HTTP.Response, server: String?) -> String? {
        guard response.status.rawValue / 100 == 3, let location = response.fields[.location], let server,
            let base = try? HTTP.URL(server)
        else { return nil }
        let bytes = location.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let reference = String(Substring(bytes))
        // A reference relative to the path of the request is rare, and that path is not known here.
        guard reference.contains("://") || reference.hasPrefix("/") else { return nil }
        return (try? base.resolving(reference))?.withoutQuery
    }

    /// Returns the `scope` of a challenge (RFC 6750 section 3).
    private static func demandedScope(in response: HTTP.Response) -> String? {
        guard response.status == 403 || response.status == 401 else { return nil }
        return WWWAuthenticateChallenge.parse(response.fields.values(for: .wwwAuthenticate))
            .first { $0.isForToken && $0.parameters["scope"] != nil }?.parameters["scope"]
    }

    /// Returns the texts of the usual members of an error body, codes first.
    private static func statements(in body: [UInt8]) -> [String] {
        guard body.count <= maximumBodyLength, let document = try? JSONDocument(parsing: body),
            document.root.kind == .object
        else { return [] }
        var found: [String] = []
        func add(_ names: [String], of node: JSONNode) {
            for name in names {
                guard let member = node[name], let text = member.string ?? member.numberText, !text.isEmpty,
                    !found.contains(where: { $0.utf8.elementsEqual(text.utf8) })
                else { continue }
                found.append(text)
            }
        }
        let codes = ["error", "code"]
        let texts = ["title", "detail", "error_description", "message"]
        add(codes, of: document.root)
        if let nested = document.root["error"], nested.kind == .object { add(codes + texts, of: nested) }
        add(texts, of: document.root)
        return found
    }

    private static func quotable(_ text: String) -> String {
        String(text.unicodeScalars.prefix(maximumTextLength).map { $0 == "'" ? "\"" : Character($0) })
    }

    private static func shortened(_ text: String) -> String {
        text.count <= maximumLength ? text : text.prefix(maximumLength - 1) + "…"
    }
}
