/// The demands of an API on the sign-in of its user: the challenge of OAuth 2.0 Step Up Authentication (RFC 9470 section 3).
///
/// A new token of the same sign-in would be rejected too, so none is requested. Let the user sign in again with these
/// demands, and repeat the call with the token of that sign-in:
///
/// ```swift
/// do {
///     try await bank.transfer(order)
/// } catch {
///     guard let challenge = error.stepUpChallenge else { throw error }
///     try await signIn(acrValues: challenge.acrValues, maxAge: challenge.maxAge)
/// }
/// ```
public struct StepUpChallenge: Hashable, Sendable {
    /// The acceptable authentication context classes (`acr_values`), the preferred one first; empty if the API names none.
    public let acrValues: [String]
    /// The maximum time since the user signed in: `max_age`, in seconds.
    public let maxAge: Duration?

    /// Reads the challenge of a response.
    ///
    /// - Returns: nil unless the response is a 401 with a Bearer or DPoP challenge whose error is
    ///   `insufficient_user_authentication`.
    public init?(_ response: HTTP.Response) {
        guard response.status.rawValue == 401,
            let challenge = WWWAuthenticateChallenge.parse(response.fields.values(for: .wwwAuthenticate))
                .first(where: { $0.isForToken && $0.error == Self.error })
        else { return nil }
        let acrValues = challenge.parameters["acr_values"]?.utf8.split(separator: UInt8(ascii: " ")) ?? []
        self.acrValues = acrValues.map { String(Substring($0)) }
        maxAge = challenge.parameters["max_age"].flatMap { text in
            text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
                ? Int64(text).map { .seconds($0) } : nil
        }
    }

    static let error = "insufficient_user_authentication"
}
