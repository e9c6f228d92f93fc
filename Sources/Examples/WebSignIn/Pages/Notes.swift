import Countersign

extension Page {
    /// The user's notes, from the API.
    static func notes(_ notes: [NotesAPI.Note], problem: String? = nil, for visitor: Visitor) -> Page {
        let alert = problem.map { problem -> HTML in #"<p class="problem" role="alert">\#(problem)</p>"# }
        return Page(
            title: "Notes",
            visitor: visitor,
            content: """
                <h1>Your notes</h1>
                <p class="lead">Stored by an API, which this site calls with your access token.</p>
                <form class="card row" method="post" action="/notes">\(csrfField(visitor.csrfToken))
                <input type="text" name="text" placeholder="Write a note…" aria-label="Note" maxlength="500" required \
                autocomplete="off"><button>Add</button></form>
                \(alert ?? "")
                \(notes.isEmpty ? #"<p class="empty">You have no notes yet.</p>"# : list(notes))
                """,
            status: problem == nil ? 200 : 422
        )
    }

    private static func list(_ notes: [NotesAPI.Note]) -> HTML {
        let items = notes.map { note -> HTML in
            "<li><span>\(note.text)</span>\(RelativeTime.html(of: note.createdAt))</li>"
        }
        return #"<ul class="card notes">\#(items)</ul>"#
    }
}
