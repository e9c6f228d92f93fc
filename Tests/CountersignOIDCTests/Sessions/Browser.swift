/// The cookie jar of a browser.
struct Browser {
    var jar: [String: String] = [:]
    /// All values of `Set-Cookie` fields that the browser received.
    var received: [String] = []

    /// The value of the `Cookie` field that the browser sends.
    var cookies: String { jar.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }

    mutating func receive(_ setCookies: [String]) {
        for cookie in setCookies { receive(cookie) }
    }

    mutating func receive(_ setCookie: String) {
        received.append(setCookie)
        let pair = setCookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        jar[String(pair[0])] = setCookie.contains("Max-Age=0;") ? nil : String(pair[1])
    }
}
