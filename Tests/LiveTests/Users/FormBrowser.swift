import Countersign
import CountersignOIDC
import Testing

/// A browser without JavaScript that signs a user in and agrees on the forms that a server shows.
struct FormBrowser: Browser {
    private static let maximumSteps = 12
    private static let userFields: Set<String> = ["login", "username", "user"]
    private static let words = ["deny", "refuse", "decline", "cancel", "abort", "logout"]

    let transport = CurlTransport.shared
    let user: LiveServers.User
    let redirectURI: String

    func visit(_ url: String) async throws -> String {
        var cookies: [String: String] = [:]
        var target = url
        var form: [(name: String, value: String)]?
        for _ in 0..<Self.maximumSteps {
            let header = cookies.isEmpty ? nil : cookies.map { "\($0)=\($1)" }.joined(separator: "; ")
            let response = try await open(target, cookie: header, posting: form)
            for field in response.fields.values(for: "Set-Cookie") {
                let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
                cookies[pair[0]] = pair.count > 1 ? pair[1] : ""
            }
            if let location = response.fields[.location] {
                target = try absolute(location, from: target)
                if target.hasPrefix(redirectURI) { return target }
                form = nil
            } else {
                let page = String(decoding: response.body, as: UTF8.self)
                guard let next = HTMLForm.all(in: page).first else {
                    throw LiveServers.Missing("form at \(target): \(response.status)")
                }
                form = values(of: next)
                target = try absolute(next.action, from: target)
                if next.method == "get" {
                    target += "?" + String(decoding: FormURLEncoded.encode(form ?? []), as: UTF8.self)
                    form = nil
                }
            }
        }
        throw LiveServers.Missing("redirect from \(url): the last page was \(target)")
    }

    func approve(_ device: DeviceAuthorization) async throws {
        throw LiveServers.Missing("device page")
    }

    /// Returns the values of a form, with the user's name and password, and of one button that agrees.
    private func values(of form: HTMLForm) -> [(name: String, value: String)] {
        var values: [(name: String, value: String)] = []
        for control in form.controls where !control.name.isEmpty && !control.isButton {
            let isUser = Self.userFields.contains(control.name)
            let value = control.type == "password" ? user.password : isUser ? user.name : control.value
            values.append((control.name, value))
        }
        let agreeing = form.controls.first { control in
            control.isButton && !Self.words.contains { "\(control.name) \(control.value)".lowercased().contains($0) }
        }
        if let agreeing, !agreeing.name.isEmpty { values.append((agreeing.name, agreeing.value)) }
        return values
    }

    private func absolute(_ reference: String, from base: String) throws -> String {
        if reference.contains("://") { return reference }
        if reference.isEmpty { return base }
        let origin = try HTTP.URL(base).origin.description
        if reference.hasPrefix("/") { return origin + reference }
        let path = base.prefix { $0 != "?" }
        if reference.hasPrefix("?") { return path + reference }
        return String(path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex)) + reference
    }
}

/// A form on a page, read well enough for the pages of the live servers.
private struct HTMLForm {
    struct Control {
        var name: String
        var value: String
        var type: String

        var isButton: Bool { type == "submit" }
    }

    var action: String
    var method: String
    var controls: [Control]

    static func all(in page: String) -> [HTMLForm] {
        page.matches(of: /(?is)<form\b([^>]*)>(.*?)<\/form>/).map { match in
            let attributes = attributes(of: match.output.1)
            let controls = match.output.2.matches(of: /(?is)<(input|button)\b([^>]*)>/).map { tag in
                let values = Self.attributes(of: tag.output.2)
                let type = values["type"]?.lowercased() ?? (tag.output.1.lowercased() == "button" ? "submit" : "text")
                return Control(name: values["name"] ?? "", value: values["value"] ?? "", type: type)
            }
            return HTMLForm(
                action: attributes["action"] ?? "",
                method: attributes["method"]?.lowercased() ?? "get",
                controls: controls
            )
        }
    }

    private static func attributes(of tag: Substring) -> [String: String] {
        let matches = tag.matches(of: /([A-Za-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/)
        let pairs = matches.map { match in
            let value = match.output.2 ?? match.output.3 ?? match.output.4 ?? ""
            return (match.output.1.lowercased(), unescaped(value))
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private static func unescaped(_ text: Substring) -> String {
        let entities = [
            ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"),
        ]
        return entities.reduce(String(text)) { $0.replacing($1.0, with: $1.1) }.replacing("&amp;", with: "&")
    }
}
