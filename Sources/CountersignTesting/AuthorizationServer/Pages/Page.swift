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
    static func problem(_ reason: String, status: HTTP.Status) -> HTTP.Response {
        response("This does not work", "<p>\(escape(reason)).</p>", status: status)
    }

    /// A form with a button for each user, and one to refuse.
    ///
    /// - Parameters:
    ///   - introduction: plain text.
    ///   - fields: HTML.
    static func choice(
        heading: String,
        introduction: String,
        fields: String,
        action: String,
        users: [FakeUser]
    ) -> HTTP.Response {
        let buttons = users.map { user in
            let name = escape(user.name ?? user.subject)
            let detail = user.email.map { "<small>\(escape($0))</small>" } ?? ""
            return "<button name=\"subject\" value=\"\(escape(user.subject))\">\(name)\(detail)</button>"
        }
        let nobody = "<p>No user is registered at this server.</p>"
        let body = """
            <p>\(escape(introduction))</p>
            <form method="post" action="\(escape(action))">
            \(fields)
            \(buttons.isEmpty ? nobody : buttons.joined(separator: "\n"))
            <button class="plain" name="refuse" value="1">Refuse</button>
            </form>
            """
        return response(heading, body)
    }

    /// A page that posts the parameters as soon as it is shown (OAuth 2.0 Form Post Response Mode section 2).
    static func formPost(to uri: String, parameters: FormParameters) -> HTTP.Response {
        let fields = parameters.names.map { hidden($0, parameters[$0] ?? "") }.joined()
        // The policy names the script by its digest; nothing else is run.
        let body = """
            <form method="post" action="\(escape(uri))">\(fields)\
            <p>You are signed in.</p><button>Continue</button></form>
            <script>document.forms[0].submit()</script>
            """
        return response("One moment", body, script: "'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='")
    }

    /// A field that the user does not see.
    static func hidden(_ name: String, _ value: String) -> String {
        "<input type=\"hidden\" name=\"\(escape(name))\" value=\"\(escape(value))\">"
    }

    /// A page with a heading and a body of HTML.
    static func response(
        _ heading: String,
        _ body: String,
        status: HTTP.Status = 200,
        script: String = "'none'"
    ) -> HTTP.Response {
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
        return HTTP.Response(
            status: status,
            fields: [
                "Content-Type": "text/html; charset=utf-8",
                "Cache-Control": "no-store",
                // No form-action: browsers apply it to the redirect back to the client as well.
                "Content-Security-Policy": [
                    "default-src 'none'", "style-src 'unsafe-inline'", "script-src \(script)", "base-uri 'none'",
                    "frame-ancestors 'none'",
                ].joined(separator: "; "),
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            ],
            body: Array(html.utf8)
        )
    }
}
