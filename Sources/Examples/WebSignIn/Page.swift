import Countersign
import CountersignOIDC

/// A page with the header and footer of the site.
struct Page {
    var title: String
    /// The signed-in user, if there is one.
    var visitor: Visitor?
    var content: HTML
    var status: HTTP.Status = 200

    /// The signed-in user as shown in the header.
    struct Visitor {
        var name: String
        /// The token in every form, so that other sites cannot send forms for the user.
        var csrfToken: String
        var hasNotes: Bool

        init(_ browser: BrowserSession, hasNotes: Bool) {
            name = browser.session.claims.name ?? browser.session.subject
            csrfToken = browser.csrfToken
            self.hasNotes = hasNotes
        }
    }

    var html: HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title) · Margin</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <header><div class="bar"><a class="brand" href="/"><img src="/icon.svg" alt="">Margin</a>\(navigation)</div></header>
        <main>\(content)</main>
        <footer>An example of Countersign. Tokens stay on the server; the browser has only an opaque session cookie.</footer>
        </body>
        </html>

        """
    }

    private var navigation: HTML {
        guard let visitor else { return #"<a class="button small" href="/sign-in">Sign in</a>"# }
        return """
            <nav>\(visitor.hasNotes ? link("Notes", to: "/notes") : "")\(link("Profile", to: "/profile"))\
            \(link("Session", to: "/session"))</nav>
            <form class="visitor" method="post" action="/sign-out"><span>\(visitor.name)</span>\
            \(Self.csrfField(visitor.csrfToken))<button class="quiet small">Sign out</button></form>
            """
    }

    private func link(_ title: String, to path: String) -> HTML {
        title == self.title
            ? #"<a href="\#(path)" aria-current="page">\#(title)</a>"# : #"<a href="\#(path)">\#(title)</a>"#
    }

    static func csrfField(_ token: String) -> HTML {
        #"<input type="hidden" name="csrf" value="\#(token)">"#
    }
}
