/// What an API wants of its user's sign-in before it answers: the challenge of OAuth 2.0 Step Up Authentication
/// (RFC 9470 section 3).
///
/// A new token of the same sign-in would be refused like the one before, so none is asked for. Let the user sign in
/// again with these demands, and call again with the token of that sign-in:
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
    /// The authentication context classes that would do, the preferred one first: `acr_values`; empty where the API
    /// names none.
    public let acrValues: [String]
    /// How long ago, at most, the user may have signed in: `max_age`, in seconds.
    public let maxAge: Duration?

    /// - Returns: nil unless the response is a 401 whose Bearer or DPoP challenge says
    ///   `insufficient_user_authentication`.
    public init?(_ response: HTTP.Response) {
        guard response.status.rawValue == 401,
            let challenge = Challenge.parse(response.fields.values(for: .wwwAuthenticate))
                .first(where: { $0.isOurs && $0.error == Self.error })
        else { return nil }
        acrValues = challenge.parameters["acr_values"]?.split(separator: " ").map(String.init) ?? []
        maxAge = challenge.parameters["max_age"].flatMap { text in
            text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
                ? Int64(text).map { .seconds($0) } : nil
        }
    }

    static let error = "insufficient_user_authentication"
}
