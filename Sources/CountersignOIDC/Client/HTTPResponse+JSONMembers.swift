import Countersign
import CountersignHTTP
@_spi(Generated) import CountersignJSON

extension HTTP.Response {
    /// Returns the members of the body, which is a JSON object.
    ///
    /// - Parameters:
    ///   - endpoint: The name of the endpoint, for error texts.
    ///   - name: A required member. If it is missing, the response may be an OAuth error with a status of success.
    /// - Throws: `TokenError` of kind `malformedResponse`, or of kind `rejected` for an OAuth error.
    func jsonMembers(from endpoint: String, requiring name: String) throws(TokenError) -> JSONMembers {
        guard body.count <= 1 << 20 else {
            throw TokenError(.malformedResponse, "the response of \(endpoint) exceeds 1 MiB", status: status)
        }
        let members: JSONMembers
        let value: JSONNode?
        do throws(JSONDecodingError) {
            members = try JSONMembers(parsing: body)
            value = try members.value(name)
        } catch {
            let reason = contentCodingProblem ?? "\(error)"
            throw TokenError(.malformedResponse, "the response of \(endpoint) is invalid: \(reason)", status: status)
        }
        if value == nil {
            if let code = try? members.string("error"), !code.isEmpty {
                throw TokenEndpointResponse.failure(of: self, unixTime: .zero)
            }
            let message = "the response of \(endpoint) is invalid: \(name) is missing"
            throw TokenError(.malformedResponse, message, status: status)
        }
        return members
    }
}
