import Countersign
import CountersignHTTP
import CountersignJSON

extension HTTP.Response {
    /// The JSON object that an endpoint answered with, in which nothing stands twice.
    func object(from what: String) throws(TokenError) -> JSONNode {
        guard body.count <= 1 << 20 else {
            throw TokenError(.malformedResponse, "\(what) answered with more than 1 MiB", status: status)
        }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: body)
        } catch {
            throw TokenError(.malformedResponse, "\(what) did not answer with JSON: \(error)", status: status)
        }
        guard document.root.kind == .object, document.duplicateKey() == nil else {
            throw TokenError(
                .malformedResponse,
                "\(what) did not answer with a JSON object that says everything once",
                status: status
            )
        }
        return document.root
    }
}

/// Runs what speaks to an authorization server, for those who sign users in.
nonisolated(nonsending) func asking<Answer>(
    _ work: () async throws(TokenError) -> Answer
) async throws(SignInError) -> Answer {
    do {
        return try await work()
    } catch {
        if Task.isCancelled { throw SignInError(.cancelled, "the task was cancelled", token: error) }
        throw SignInError(error)
    }
}
