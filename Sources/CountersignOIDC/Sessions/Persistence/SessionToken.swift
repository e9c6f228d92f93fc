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

    /// The maximum clock difference between machines that share a store.
    private static let clockTolerance = Duration.seconds(60)

    /// Returns true if calls may use the token at `now`, by the calendar clock that all processes share.
    ///
    /// A token from the future is not used: the calendar clock was set back, so the token's age is unknown (P18).
    func isUsable(at now: Date, policy: RenewalPolicy) -> Bool {
        let lifetime = lifetime ?? policy.defaultLifetime
        return requestedAt <= now.adding(Self.clockTolerance)
            && now < requestedAt.adding(lifetime - policy.skew(lifetime: lifetime))
    }

    /// Returns the token in the form that calls use.
    func accessToken(boundTo key: DPoPKey?, clock: any RuntimeClock) throws(TokenError) -> AccessToken {
        let age = max(.zero, clock.date().duration(since: requestedAt))
        return try AccessToken(
            value,
            lifetime: lifetime,
            scopes: scopes,
            boundTo: key,
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
    }

    func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.field("access_token", value)
        json.field("requested_at", requestedAt, as: .unixMilliseconds)
        json.field("lifetime", lifetime?.inMilliseconds)
        json.field("scopes", scopes)
        json.field("requested_scopes", key.scopes)
        if !key.resources.isEmpty { json.field("resources", key.resources) }
        if !key.parameters.isEmpty { json.field("parameters", key.parameters) }
        json.endObject()
    }
}
