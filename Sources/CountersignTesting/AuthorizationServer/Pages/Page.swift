import CountersignHTTP

/// The pages that users see in a browser: plain HTML without scripts, except to post a form.
enum Page {
    /// Escapes text for an element or a quoted attribute.
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

    /// Returns the outcome of a request that fails with an error page for the user.
    static func errorOutcome(_ error: OAuthErrorResponse) -> FakeServerCore.Outcome {
        let message = error.description ?? error.code
        return FakeServerCore.Outcome(
            response: response("Request failed", "<p>The error is: \(escape(message)).</p>", status: error.status),
            error: error.code,
            message: message
        )
    }

    /// Returns a page with a form that has a button for each user, and a button to deny access.
    ///
    /// - Parameters:
    ///   - heading: The heading, as plain text.
    ///   - introduction: The text above the form, as plain text.
    ///   - fields: The other fields of the form, as HTML.
    ///   - action: The URL that receives the form.
    ///   - users: The users to choose from.
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
        let noUsers = "<p>No users are registered at this server.</p>"
        let body = """
            <p>\(escape(introduction))</p>
            <form method="post" action="\(escape(action))">
            \(fields)
            \(buttons.isEmpty ? noUsers : buttons.joined(separator: "\n"))
            <button class="plain" name="deny" value="1">Deny</button>
            </form>
            """
        return response(heading, body)
    }

    /// Returns a page that posts the parameters as soon as it is loaded (OAuth 2.0 Form Post Response Mode section 2).
    static func formPost(to uri: String, parameters: FormParameters) -> HTTP.Response {
        let fields = parameters.names.map { hidden($0, parameters[$0] ?? "") }.joined()
        // The content security policy allows this script by its digest, and no other.
        let body = """
            <form method="post" action="\(escape(uri))">\(fields)\
            <p>You are signed in.</p><button>Continue</button></form>
            <script>document.forms[0].submit()</script>
            """
        return response("Signing in", body, script: "'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='")
    }

    /// Returns a hidden field.
    static func hidden(_ name: String, _ value: String) -> String {
        "<input type=\"hidden\" name=\"\(escape(name))\" value=\"\(escape(value))\">"
    }

    /// Returns a page with a heading and a body of HTML.
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
