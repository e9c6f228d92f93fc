import Countersign

/// A sample of "Making calls" that is compiled and not run.
private enum StatusAside {
    struct Unavailable: Error { let code: Int }

    static func item(_ notes: ArticleNotesAPI) async throws -> String? {
        do {
            _ = try await notes.listNotes()
        } catch {
            switch error.status {
            case .notFound, 410: return nil
            case let status? where status.isServerError: throw Unavailable(code: status.rawValue)
            default: throw error
            }
        }
        return ""
    }
}
