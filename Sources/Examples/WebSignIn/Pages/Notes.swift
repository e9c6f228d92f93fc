import Countersign

extension Page {
    /// The user's notes, as the API gave them.
    static func notes(_ notes: [NotesAPI.Note], problem: String? = nil, for visitor: Visitor) -> Page {
        let alert = problem.map { problem -> HTML in #"<p class="problem" role="alert">\#(problem)</p>"# }
        return Page(
            title: "Notes",
            visitor: visitor,
            content: """
                <h1>Your notes</h1>
                <p class="lead">Kept by an API that knows you by your token alone.</p>
                <form class="card row" method="post" action="/notes">\(csrfField(visitor.csrfToken))
                <input type="text" name="text" placeholder="Write a note…" aria-label="Note" maxlength="500" required \
                autocomplete="off"><button>Add</button></form>
                \(alert ?? "")
                \(notes.isEmpty ? #"<p class="empty">Nothing yet. The first note is the hardest.</p>"# : list(notes))
                """,
            status: problem == nil ? 200 : 422
        )
    }

    private static func list(_ notes: [NotesAPI.Note]) -> HTML {
        let items = notes.map { note -> HTML in
            "<li><span>\(note.text)</span>\(Age.html(of: note.createdAt))</li>"
        }
        return #"<ul class="card notes">\#(items)</ul>"#
    }
}
