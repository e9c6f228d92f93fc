import Countersign
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An access token of a session, in its persistent form.
///
/// The token type is not stored: a session with a DPoP key has DPoP tokens only, one without has bearer tokens only.
struct SessionToken: Hashable, Sendable, Redacted {
    var key: SessionTokenKey
    var value: String
    /// The time of the token request.
    ///
    /// The lifetime starts here.
    var requestedAt: Date
    var lifetime: Duration?
    /// The granted scopes; nil if the response did not contain them.
    var scopes: [String]?
    /// The name of the algorithm in the token's DPoP proofs; nil for the usual name.
    var proofAlgorithm: String?

    /// The maximum clock difference between machines that share a store.
    private static let clockTolerance = Duration.seconds(60)

    /// The time by which the token may be older than the calendar clock says.
    ///
    /// The clock may have been set back by less than the tolerance since another process, or an earlier run of this one,
    /// received the token. A tenth of a short lifetime is enough: more would renew such a token with each start.
    private static func uncertainty(lifetime: Duration) -> Duration {
        min(clockTolerance, lifetime / 10)
    }

    /// Returns true if calls may use the stored token at `now`, by the calendar clock that all processes share.
    ///
    /// A token from the future is not used: the calendar clock was set back, so the token's age is unknown (P18).
    func isUsable(at now: Date, policy: RenewalPolicy) -> Bool {
        let lifetime = lifetime ?? policy.defaultLifetime
        let usableFor = lifetime - policy.skew(lifetime: lifetime) - Self.uncertainty(lifetime: lifetime)
        return requestedAt <= now.adding(Self.clockTolerance) && now < requestedAt.adding(usableFor)
    }

    /// Returns the token in the form that calls use.
    ///
    /// - Parameter isRestored: True for a token of an earlier run of the program.
    func accessToken(
        boundTo key: DPoPKey?,
        clock: any RuntimeClock,
        isRestored: Bool = false
    ) throws(TokenError) -> AccessToken {
        var age = max(.zero, clock.date().duration(since: requestedAt))
        if isRestored { age += lifetime.map(Self.uncertainty) ?? Self.clockTolerance }
        return try AccessToken(
            value,
            lifetime: lifetime,
            scopes: scopes,
            boundTo: proofAlgorithm.flatMap { key?.naming(algorithm: $0) } ?? key,
            requestedAt: clock.now().advanced(by: .zero - age)
        )
    }
}

extension SessionToken: JSONDecodable, JSONEncodable {
    init(json: JSONNode) throws(JSONDecodingError) {
        var object = try json.object()
        key = SessionTokenKey(
            scopes: try object.optional("requested_scopes"),
            resources: try object.value("resources", default: []),
            parameters: try object.value("parameters", default: [:])
        )
        value = try object.value("access_token")
        requestedAt = try object.date("requested_at")
        lifetime = try object.optional("lifetime").map { (milliseconds: Int64) in .milliseconds(milliseconds) }
        scopes = try object.optional("scopes")
        proofAlgorithm = try object.optional("proof_algorithm")
    }

    func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.field("access_token", value)
        json.field("requested_at", requestedAt, as: .unixMilliseconds)
        json.field("lifetime", lifetime?.inMilliseconds)
        json.field("scopes", scopes)
        json.field("proof_algorithm", proofAlgorithm)
        json.field("requested_scopes", key.scopes)
        if !key.resources.isEmpty { json.field("resources", key.resources) }
        if !key.parameters.isEmpty { json.field("parameters", key.parameters) }
        json.endObject()
    }
}
