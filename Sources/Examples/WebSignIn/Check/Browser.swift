import Countersign

/// A minimal browser for the check: it stores the site's cookies, follows redirects, and sends forms.
struct Browser {
    /// The page that the browser shows after all redirects.
    struct LoadedPage {
        let url: HTTP.URL
        let response: HTTP.Response
        /// The locations of all redirects.
        var redirects: [String] = []

        var status: Int { response.status.rawValue }
        var text: String { String(decoding: response.body, as: UTF8.self) }

        /// The hidden fields of the page's forms.
        var fields: [(name: String, value: String)] {
            text.matches(of: /<input type="hidden" name="([^"]*)" value="([^"]*)">/).map {
                (name: String($0.1), value: String($0.2.replacing("&amp;", with: "&")))
            }
        }
    }

    let site: HTTP.Origin
    /// The cookies of the site, by name.
    private(set) var cookies: [String: String] = [:]
    /// All received `Set-Cookie` header fields.
    private(set) var setCookies: [String] = []

    init(at site: HTTP.Origin, cookies: [String: String] = [:]) {
        self.site = site
        self.cookies = cookies
    }

    /// Opens a page and follows redirects, until `stop` returns true for a location.
    mutating func open(_ address: String, until stop: (String) -> Bool = { _ in false }) async throws -> LoadedPage {
        try await follow(send(.get, try HTTP.URL(address.hasPrefix("/") ? "\(site)\(address)" : address)), until: stop)
    }

    /// Sends a form and follows redirects, until `stop` returns true for a location.
    mutating func post(
        _ address: String,
        _ form: [(name: String, value: String)],
        fields: HTTP.Fields = [:],
        until stop: (String) -> Bool = { _ in false }
    ) async throws -> LoadedPage {
        let url = try HTTP.URL(address.hasPrefix("/") ? "\(site)\(address)" : address)
        return try await follow(send(.post, url, form: form, fields: fields), until: stop)
    }

    private mutating func follow(_ first: LoadedPage, until stop: (String) -> Bool) async throws -> LoadedPage {
        var page = first
        while page.redirects.count < 10, page.response.status.isRedirection,
            let location = page.response.fields[.location]
        {
            let redirects = page.redirects + [location]
            if stop(location) { return LoadedPage(url: page.url, response: page.response, redirects: redirects) }
            let target = location.hasPrefix("/") ? "\(page.url.origin)\(location)" : location
            page = try await send(.get, try HTTP.URL(target))
            page.redirects = redirects
        }
        return page
    }

    private mutating func send(
        _ method: HTTP.Method,
        _ url: HTTP.URL,
        form: [(name: String, value: String)]? = nil,
        fields: HTTP.Fields = [:]
    ) async throws -> LoadedPage {
        var request = HTTP.Request(method: method, url: url, fields: fields)
        if url.origin == site, !cookies.isEmpty {
            request.fields[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
        }
        if let form {
            request.fields[.contentType] = "application/x-www-form-urlencoded"
            let pairs = form.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }
            request.body = .bytes(Array(pairs.joined(separator: "&").utf8))
        }
        let response = try await CurlTransport.shared.send(request)
        if url.origin == site {
            for cookie in response.fields.values(for: .setCookie) { store(cookie) }
        }
        return LoadedPage(url: url, response: response)
    }

    private mutating func store(_ setCookie: String) {
        setCookies.append(setCookie)
        let pair = setCookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { return }
        cookies[String(pair[0])] = setCookie.contains("Max-Age=0;") ? nil : String(pair[1])
    }

    private static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        .joined()
    }
}
