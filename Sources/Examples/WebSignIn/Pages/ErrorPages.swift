import Countersign

extension Page {
    /// The session has ended or cannot be renewed: the user must sign in again.
    static let signInAgain = Page(
        title: "Session ended",
        content: notice(
            "Please sign in again",
            "Your session has ended. Your notes are saved.",
            action: #"<a class="button" href="/sign-in">Sign in</a>"#
        ),
        status: 401
    )

    /// A server that the page needs is not available.
    static let unavailable = Page(
        title: "Service unavailable",
        content: notice(
            "The service is temporarily unavailable",
            "You are still signed in. Please try again in a moment.",
            action: #"<a class="button" href="">Try again</a><a class="quiet button" href="/">Home</a>"#
        ),
        status: 503
    )

    /// The sign-in failed.
    static func notSignedIn(_ reason: String) -> Page {
        Page(
            title: "Sign-in failed",
            content: notice(
                "Sign-in failed",
                reason,
                action: #"<a class="button" href="/sign-in">Sign in again</a><a class="quiet button" href="/">Home</a>"#
            ),
            status: 400
        )
    }

    /// A form was not sent by a page of this site for this user (CSRF protection).
    static let rejectedForm = Page(
        title: "Form rejected",
        content: notice(
            "The form was rejected",
            "It expired, or was not sent by a page of this site. Nothing was changed. Please go back and try again.",
            action: #"<a class="button" href="/">Home</a>"#
        ),
        status: 403
    )

    /// The user has signed out, here and at the authorization server.
    static let signedOut = Page(
        title: "Signed out",
        content: notice(
            "You are signed out",
            "Your session has ended, here and at your identity provider.",
            action: #"<a class="button" href="/sign-in">Sign in again</a>"#
        )
    )

    static let notFound = Page(
        title: "Page not found",
        content: notice(
            "Page not found",
            "Please check the address.",
            action: #"<a class="button" href="/">Home</a>"#
        ),
        status: 404
    )

    private static func notice(_ heading: String, _ text: String, action: HTML) -> HTML {
        #"<section class="card notice"><h1>\#(heading)</h1><p class="lead">\#(text)</p>\#(action)</section>"#
    }
}
