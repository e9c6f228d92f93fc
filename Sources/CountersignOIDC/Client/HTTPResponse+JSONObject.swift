import Countersign
import CountersignHTTP
@_spi(Generated) import CountersignJSON

extension HTTP.Response {
    /// Returns the body as a JSON object in which no member occurs twice.
    ///
    /// - Parameter endpoint: The name of the endpoint, for error texts.
    /// - Throws: `TokenError` of kind `malformedResponse`.
    func jsonObject(from endpoint: String) throws(TokenError) -> JSONNode {
        guard body.count <= 1 << 20 else {
            throw TokenError(.malformedResponse, "the response of \(endpoint) exceeds 1 MiB", status: status)
        }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: body)
        } catch {
            throw TokenError(.malformedResponse, "the response of \(endpoint) is not JSON: \(error)", status: status)
        }
        guard document.root.kind == .object else {
            throw TokenError(.malformedResponse, "the response of \(endpoint) is not a JSON object", status: status)
        }
        guard document.duplicateKey() == nil else {
            throw TokenError(.malformedResponse, "the response of \(endpoint) has a duplicate member", status: status)
        }
        return document.root
    }
}
