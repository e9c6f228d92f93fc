import Countersign

extension Page {
    /// The authorization server has ended the session, or nobody knows: nothing but a new sign-in helps.
    static let signInAgain = Page(
        title: "Signed out",
        content: notice(
            "Please sign in again",
            "Your session is over, or could not be renewed. Nothing that you saved is lost.",
            action: #"<a class="button" href="/sign-in">Sign in</a>"#
        ),
        status: 401
    )

    /// A server on which the page depends is of no use at the moment.
    static let unavailable = Page(
        title: "One moment",
        content: notice(
            "This takes a little longer",
            "A service that this page needs does not answer at the moment. You need not do anything: please try again shortly.",
            action: #"<a class="button" href="">Try again</a><a class="quiet button" href="/">To the start</a>"#
        ),
        status: 503
    )

    /// The sign-in did not come about.
    static func notSignedIn(_ reason: String) -> Page {
        Page(
            title: "Not signed in",
            content: notice(
                "You are not signed in",
                reason,
                action: #"<a class="button" href="/sign-in">Start over</a><a class="quiet button" href="/">Not now</a>"#
            ),
            status: 400
        )
    }

    /// A form came that no page of this site has sent for this user.
    static let forged = Page(
        title: "Not done",
        content: notice(
            "Nothing was done",
            "The form did not come from a page of this site, or is too old. Please go back and try again.",
            action: #"<a class="button" href="/">To the start</a>"#
        ),
        status: 403
    )

    /// The user is signed out, here and at the authorization server.
    static let signedOut = Page(
        title: "Signed out",
        content: notice(
            "You are signed out",
            "Your session is over, and what it held can no longer be used. See you soon.",
            action: #"<a class="button" href="/sign-in">Sign in again</a>"#
        )
    )

    static let notFound = Page(
        title: "Not here",
        content: notice(
            "There is nothing here",
            "Perhaps the address has a typing error.",
            action: #"<a class="button" href="/">To the start</a>"#
        ),
        status: 404
    )

    private static func notice(_ heading: String, _ text: String, action: HTML) -> HTML {
        #"<section class="card notice"><h1>\#(heading)</h1><p class="lead">\#(text)</p>\#(action)</section>"#
    }
}
