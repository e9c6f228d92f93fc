import CountersignHTTP

/// Text of a page: what is put into it is escaped, unless it is HTML already.
struct HTML: ExpressibleByStringInterpolation, CustomStringConvertible {
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ html: HTML) { text += html.description }
        mutating func appendInterpolation(_ html: [HTML]) { for piece in html { text += piece.description } }
        mutating func appendInterpolation(_ value: some CustomStringConvertible) { text += HTML.escape("\(value)") }
    }

    let description: String

    init(stringLiteral text: String) { description = text }
    init(stringInterpolation: StringInterpolation) { description = stringInterpolation.text }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

/// The frame that all pages stand in.
struct Page {
    var title: String
    /// Whoever is signed in, by name.
    var user: String?
    /// What the form carries that signs the user out.
    var csrfToken: String?
    var content: HTML

    func response(_ status: HTTPStatus = 200) -> HTTPResponse {
        HTTPResponse(
            status: status,
            fields: [
                "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "same-origin",
                "X-Content-Type-Options": "nosniff",
                // No script runs here. `form-action` is left open: signing out ends at the authorization server.
                "Content-Security-Policy":
                    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
            ],
            body: Array(html.description.utf8)
        )
    }

    private var html: HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title) · Margin</title>
        \(Self.style)
        </head>
        <body>
        <header><a class="brand" href="/"><span>M</span>Margin</a>\(navigation)</header>
        <main>\(content)</main>
        <footer>An example of Countersign: tokens stay on the server.</footer>
        </body>
        </html>
        """
    }

    private var navigation: HTML {
        guard let user, let csrfToken else { return "" }
        return """
            <nav><a href="/notes">Notes</a><a href="/profile">Profile</a><a href="/session">Session</a></nav>
            <form class="user" method="post" action="/sign-out"><span>\(user)</span>
            <input type="hidden" name="csrf" value="\(csrfToken)"><button class="quiet">Sign out</button></form>
            """
    }

    private static let style: HTML = """
        <style>
        :root { --ink: #1c2430; --soft: #5b6675; --line: #e3e7ec; --paper: #fff; --ground: #f5f7f9; --accent: #2557d6 }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e8ecf1; --soft: #9aa6b5; --line: #2c3541; --paper: #1a212b; --ground: #12171e; --accent: #7aa2ff }
        }
        * { box-sizing: border-box }
        body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground);
          color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif }
        header { display: flex; align-items: center; gap: 2rem; padding: .9rem max(1.5rem, calc(50vw - 27rem));
          background: var(--paper); border-bottom: 1px solid var(--line) }
        .brand { display: flex; align-items: center; gap: .6rem; font-weight: 650; color: inherit; text-decoration: none }
        .brand span { display: grid; place-items: center; width: 1.8rem; height: 1.8rem; border-radius: .5rem;
          background: var(--accent); color: var(--paper); font-size: .95rem }
        nav { display: flex; gap: 1.2rem; flex: 1 }
        nav a { color: var(--soft); text-decoration: none } nav a:hover { color: var(--ink) }
        .user { display: flex; align-items: center; gap: .9rem; margin: 0; color: var(--soft) }
        main { flex: 1; width: 100%; max-width: 57rem; margin: 0 auto; padding: 2.5rem 1.5rem }
        footer { padding: 1.5rem; text-align: center; color: var(--soft); font-size: .85rem }
        h1 { font-size: 1.9rem; letter-spacing: -.02em; line-height: 1.2; margin: 0 0 .4rem }
        p.lead { color: var(--soft); margin: 0 0 2rem; max-width: 38rem }
        .card { background: var(--paper); border: 1px solid var(--line); border-radius: .8rem; padding: 1.4rem 1.5rem;
          margin: 0 0 1.2rem }
        ul.notes { list-style: none; margin: 0; padding: 0 } ul.notes li { padding: .8rem 0; overflow-wrap: anywhere;
          border-top: 1px solid var(--line); display: flex; justify-content: space-between; gap: 1.5rem }
        ul.notes li:first-child { border: 0 } ul.notes time { color: var(--soft); white-space: nowrap; font-size: .9rem }
        form.row { display: flex; gap: .8rem; margin: 0 }
        input[type=text] { flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--ground);
          border: 1px solid var(--line); border-radius: .5rem; padding: .55rem .8rem }
        button, a.button { display: inline-block; font: inherit; font-weight: 600; cursor: pointer; border: 0;
          border-radius: .5rem; padding: .6rem 1.1rem; background: var(--accent); color: var(--paper); text-decoration: none }
        button.quiet { background: none; border: 1px solid var(--line); color: var(--ink); font-weight: 500;
          padding: .35rem .8rem }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
        dl { display: grid; grid-template-columns: minmax(8rem, 12rem) 1fr; gap: .7rem 1.5rem; margin: 0 }
        dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
        .hero { padding: 4.5rem 0 3rem } .hero h1 { font-size: clamp(2.2rem, 6vw, 3.2rem) }
        .trouble { border-left: 4px solid #d64545 }
        @media (max-width: 40rem) { header { flex-wrap: wrap; gap: .8rem 1.2rem } .user span { display: none } }
        </style>
        """
}
