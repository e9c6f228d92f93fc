import CountersignHTTP

/// The pages that people see in a browser: plain HTML without scripts, except to post a form.
enum Page {
    /// Text that can stand in an element or in a quoted attribute.
    static func escape(_ text: String) -> String {
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

    /// What is wrong, for the user.
    static func problem(_ reason: String, status: HTTPStatus) -> HTTPResponse {
        response("This does not work", "<p>\(escape(reason)).</p>", status: status)
    }

    /// A page that posts the parameters as soon as it is shown (OAuth 2.0 Form Post Response Mode section 2).
    static func formPost(to uri: String, parameters: FormParameters) -> HTTPResponse {
        let fields = parameters.names.map { hidden($0, parameters[$0] ?? "") }.joined()
        let body = """
            <form method="post" action="\(escape(uri))">\(fields)\
            <p>You are signed in.</p><button>Continue</button></form>
            <script nonce="post">document.forms[0].submit()</script>
            """
        return response("One moment", body, script: "'nonce-post'")
    }

    /// A field that the user does not see.
    static func hidden(_ name: String, _ value: String) -> String {
        "<input type=\"hidden\" name=\"\(escape(name))\" value=\"\(escape(value))\">"
    }

    /// A page with a heading and a body of HTML.
    static func response(
        _ heading: String,
        _ body: String,
        status: HTTPStatus = 200,
        script: String = "'none'"
    ) -> HTTPResponse {
        let html = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escape(heading))</title>
            <style>\(style)</style>
            </head>
            <body>
            <main>
            <h1>\(escape(heading))</h1>
            \(body)
            </main>
            </body>
            </html>

            """
        return HTTPResponse(
            status: status,
            fields: [
                "Content-Type": "text/html; charset=utf-8",
                "Cache-Control": "no-store",
                // No form-action: browsers apply it to the redirect back to the client as well.
                "Content-Security-Policy":
                    "default-src 'none'; style-src 'unsafe-inline'; script-src \(script); frame-ancestors 'none'; base-uri 'none'",
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            ],
            body: Array(html.utf8)
        )
    }

    private static let style = """
        :root{color-scheme:light dark;--ink:#1c2430;--dim:#5d6878;--line:#d9dee6;--card:#fff;--back:#f3f5f8;--go:#2457c5}
        @media(prefers-color-scheme:dark){:root{--ink:#e8ecf2;--dim:#9aa5b5;--line:#364050;--card:#1b222d;--back:#11161d;--go:#86a9f7}}
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        main{width:min(26rem,calc(100vw - 2rem));margin:2rem 0;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:12px}
        h1{margin:0 0 .5rem;font-size:1.35rem;line-height:1.3}
        p{margin:0 0 1rem;color:var(--dim)}
        button,input[type=text]{display:block;width:100%;margin:0 0 .6rem;padding:.7rem .9rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:8px;text-align:left}
        button{cursor:pointer}
        button:hover,button:focus-visible,input:focus-visible{border-color:var(--go);outline:1px solid var(--go)}
        button small{display:block;color:var(--dim)}
        button.plain{margin-top:1rem;text-align:center;color:var(--dim)}
        """
}
