import Countersign
import CountersignJSON

/// What one token of a session is asked for with, besides the refresh token: the name of its place in the session.
struct SessionTokenKey: Hashable, Sendable {
    /// The scopes that it is to have and no others (RFC 6749 section 6); nil for all that were granted.
    var scopes: [String]?
    /// What it is for (RFC 8707); empty for what the sign-in was for.
    var resources: [String]
    var parameters: [String: String]

    /// The order of scopes and resources means nothing.
    init(scopes: [String]? = nil, resources: [String] = [], parameters: [String: String] = [:]) {
        self.scopes = scopes.map { Set($0).sorted() }
        self.resources = Set(resources).sorted()
        self.parameters = parameters
    }

    /// The token that the sign-in brought.
    static let usual = SessionTokenKey()

    /// The parameters of a request for the token (RFC 6749 section 6).
    func parameters(with refreshToken: String) -> [(name: String, value: String)] {
        var sent: [(name: String, value: String)] = [
            ("grant_type", "refresh_token"), ("refresh_token", refreshToken),
        ]
        if let scopes, !scopes.isEmpty { sent.append(("scope", scopes.joined(separator: " "))) }
        for resource in resources { sent.append(("resource", resource)) }
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { sent.append((name, value)) }
        return sent
    }
}

/// An access token as a session keeps it.
///
/// Whether it is a bearer token is not said here: a session with a key has DPoP tokens, and no others.
struct SessionToken: Hashable, Sendable, Redacted {
    var key: SessionTokenKey
    var value: String
    /// When it was asked for, since 1970: its life counts from here.
    var askedAt: Duration
    var lifetime: Duration?
    /// What it was granted; nil where the server did not say.
    var scopes: [String]?

    /// Calendars of machines that share a store may differ by so much.
    private static let tolerance = Duration.seconds(60)

    /// Whether it may be handed out at `now`, in calendar time, which is all that processes have in common.
    ///
    /// A token from the future is none: the calendar was set back, and how old the token is nobody knows (P18).
    func isUsable(at now: Duration, policy: RenewalPolicy) -> Bool {
        let life = lifetime ?? policy.defaultLifetime
        return askedAt <= now + Self.tolerance && now < askedAt + life - policy.margin(of: life)
    }

    /// The token as calls carry it.
    func accessToken(boundTo key: DPoPKey?, clock: any RuntimeClock) throws(TokenError) -> AccessToken {
        let age = max(.zero, clock.unixTime() - askedAt)
        return try AccessToken(
            value,
            lifetime: lifetime,
            scopes: scopes,
            boundTo: key,
            askedAt: clock.now().advanced(by: .zero - age)
        )
    }
}

extension SessionToken: JSONDecodable, JSONEncodable {
    init(json: JSONNode) throws(JSONDecodingError) {
        var object = try json.object()
        key = SessionTokenKey(
            scopes: try object.optional("asked_scopes"),
            resources: try object.value("resources", default: []),
            parameters: try object.value("parameters", default: [:])
        )
        value = try object.value("access_token")
        askedAt = try object.instant("asked_at")
        lifetime = try object.optional("lifetime").map { (milliseconds: Int64) in .milliseconds(milliseconds) }
        scopes = try object.optional("scopes")
    }

    func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.field("access_token", value)
        json.field("asked_at", askedAt.inMilliseconds)
        json.field("lifetime", lifetime?.inMilliseconds)
        json.field("scopes", scopes)
        json.field("asked_scopes", key.scopes)
        if !key.resources.isEmpty { json.field("resources", key.resources) }
        if !key.parameters.isEmpty { json.field("parameters", key.parameters) }
        json.endObject()
    }
}

extension JSONObject {
    /// An instant: milliseconds since 1970.
    mutating func instant(_ key: String) throws(JSONDecodingError) -> Duration {
        .milliseconds(try value(key) as Int64)
    }
}

extension Duration {
    /// In milliseconds, rounded down, held within what 64 bits can say.
    var inMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
