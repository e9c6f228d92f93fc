/// The authorization of one requirement with a client's credentials: attaches tokens and keys to requests.
final class Authorization: Sendable {
    /// One scheme with its credentials.
    enum Scheme: Sendable {
        case entry(TokenCacheEntry)
        case source(any TokenSource, scopes: [String], resources: [String], clock: any RuntimeClock)
        case exchange(TokenExchange)
        case field(HTTP.FieldName, value: String)
        case query(name: String, value: String)
        /// A scheme whose credentials cannot be used.
        case unusable(TokenError)

        var hasTokens: Bool {
            switch self {
            case .entry, .source, .exchange: true
            case .field, .query, .unusable: false
            }
        }

        /// The cache entry of its token, if it is known without asking a source.
        var entry: TokenCacheEntry? {
            switch self {
            case .entry(let entry): entry
            case .exchange(let exchange): exchange.lastEntry
            case .source, .field, .query, .unusable: nil
            }
        }
    }

    /// The schemes that are used together; empty for a request without authorization.
    struct Alternative: Sendable {
        let schemes: [Scheme]
        /// True if its tokens act for a user.
        ///
        /// If such a token cannot be obtained, the call fails: it is sent neither for somebody else nor without a token. Only
        /// if no user is signed in, the next alternative is tried.
        let actsForUser: Bool
        /// The error of a scheme that cannot be used; nil if all schemes can be used.
        let unusableError: TokenError?

        init(_ schemes: [Scheme], actsForUser: Bool) {
            self.schemes = schemes
            self.actsForUser = actsForUser
            let errors = schemes.compactMap { if case .unusable(let error) = $0 { error } else { nil } }
            unusableError = errors.first { $0.kind == .notSignedIn } ?? errors.first
        }
    }

    /// The credentials that were attached to a request.
    struct Attached: Sendable {
        var token: AccessToken?
        /// The scheme of the token.
        fileprivate var scheme: Scheme?
        /// The cache entry of the token.
        fileprivate var entry: TokenCacheEntry?
        /// All schemes of the alternative.
        fileprivate var combination: [Scheme] = []

        /// Renews the rejected token for later calls, without waiting.
        func renewAfterRejection() {
            if let token { entry?.renewAfterRejection(of: token) }
        }

        /// The values of keys, passwords and static tokens, as they were sent.
        var staticCredentials: [String] {
            combination.compactMap { scheme in
                switch scheme {
                case .field(_, let value), .query(_, let value): value
                case .entry, .source, .exchange, .unusable: nil
                }
            }
        }
    }

    /// The alternatives, in order of preference.
    ///
    /// An alternative without schemes is present only after one that acts for a user. A request is sent without a token only
    /// if no user is signed in, not if a token could not be obtained.
    let alternatives: [Alternative]
    /// The cache entry of the token of the first alternative, if it has one.
    let preferredEntry: TokenCacheEntry?
    private let telemetry: TelemetryFanOut?

    init(alternatives: [Alternative], telemetry: TelemetryFanOut?) {
        self.alternatives = alternatives
        self.telemetry = telemetry
        preferredEntry =
            if case .entry(let entry) = alternatives.first?.schemes.first(where: \.hasTokens) { entry } else { nil }
    }

    /// Attaches the credentials of the first alternative whose tokens can be obtained.
    nonisolated(nonsending) func attach(
        to request: inout HTTP.Request,
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> Attached {
        let attached = try await tokens(options: options, deadline: deadline)
        attachStatic(attached.combination, to: &request)
        if let token = attached.token {
            request.fields.append(name: .authorization, value: token.authorizationHeader)
        }
        return attached
    }

    /// Returns the credentials of the first alternative whose tokens can be obtained.
    ///
    /// The result has no token if that alternative needs none.
    nonisolated(nonsending) func tokens(
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> Attached {
        var failure: TokenError?
        var notSignedIn: TokenError?
        for alternative in alternatives {
            if alternative.schemes.isEmpty {
                if failure == nil { return Attached() }
                continue
            }
            do throws(TokenError) {
                if let error = alternative.unusableError { throw error }
                return try await tokens(for: alternative.schemes, options: options, deadline: deadline)
            } catch {
                // No other alternative replaces a user's token that failed, unless nobody is signed in. A cancelled call and
                // an invalid configuration end the search, too.
                switch error.kind {
                case .notSignedIn where alternative.actsForUser: notSignedIn = notSignedIn ?? error
                case _ where alternative.actsForUser, .cancelled, .configuration: throw error
                default: failure = failure ?? error
                }
            }
        }
        if let error = failure ?? notSignedIn { throw error }
        return Attached()
    }

    /// Returns another token after the API rejected one with 401; nil if there is no other.
    nonisolated(nonsending) func replacement(
        for attached: Attached,
        rejected: AccessToken,
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> Attached? {
        if let entry = attached.entry {
            let token = try await entry.replacement(for: rejected, deadline: deadline)
            return Attached(token: token, scheme: attached.scheme, entry: entry)
        }
        guard case .source(let source, let scopes, let resources, let clock) = attached.scheme else { return nil }
        let request = Self.request(scopes: scopes, resources: resources, rejected: rejected, options: options)
        let token = try await source.token(for: request, deadline: deadline, clock: clock)
        return token.value == rejected.value ? nil : Attached(token: token, scheme: attached.scheme)
    }

    /// Returns the token that is valid now, after a wait in which the attached one may have expired.
    nonisolated(nonsending) func currentToken(
        for attached: Attached,
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> Attached {
        // The option renews the token once for each call, and the first attempt has already done that.
        var options = options
        options?.forceTokenRenewal = false
        return try await tokens(for: attached.scheme.map { [$0] } ?? [], options: options, deadline: deadline)
    }

    private nonisolated(nonsending) func tokens(
        for combination: [Scheme],
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> Attached {
        for scheme in combination {
            switch scheme {
            case .entry(let entry):
                let token = try await token(in: entry, options: options, deadline: deadline)
                return Attached(token: token, scheme: scheme, entry: entry, combination: combination)
            case .source(let source, let scopes, let resources, let clock):
                telemetry?.record(.tokenLookup, "source", about: nil)
                let request = Self.request(scopes: scopes, resources: resources, rejected: nil, options: options)
                let token = try await source.token(for: request, deadline: deadline, clock: clock)
                return Attached(token: token, scheme: scheme, combination: combination)
            case .exchange(let exchange):
                let entry = try await exchange.entry(deadline: deadline)
                let token = try await token(in: entry, options: options, deadline: deadline)
                return Attached(token: token, scheme: scheme, entry: entry, combination: combination)
            case .field, .query, .unusable:
                continue
            }
        }
        return Attached(combination: combination)
    }

    private nonisolated(nonsending) func token(
        in entry: TokenCacheEntry,
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> AccessToken {
        if options?.forceTokenRenewal == true { return try await entry.renewed(deadline: deadline) }
        if let token = cached(in: entry) { return token }
        return try await entry.token(deadline: deadline)
    }

    /// Returns the cached token of an entry, and counts the hit.
    private func cached(in entry: TokenCacheEntry) -> AccessToken? {
        guard let token = entry.cachedToken() else { return nil }
        entry.recordHit()
        return token
    }

    private func attachStatic(_ combination: [Scheme], to request: inout HTTP.Request) {
        for scheme in combination {
            switch scheme {
            case .field(let name, let value):
                var field = HTTP.Field(name: name, value: value)
                field.isSecret = true
                request.fields.append(field)
            case .query(let name, let value):
                var target = request.url.target
                target += target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
                target.appendPercentEncoded(name)
                target += "="
                target.appendPercentEncoded(value)
                request.url = HTTP.URL(origin: request.url.origin, uncheckedTarget: target)
            case .entry, .source, .exchange, .unusable:
                continue
            }
        }
    }

    private static func request(
        scopes: [String],
        resources: [String],
        rejected: AccessToken?,
        options: CallOptions?
    ) -> TokenSourceRequest {
        TokenSourceRequest(
            scopes: options?.token.scopes ?? scopes,
            resources: options?.token.resources ?? resources,
            rejectedToken: rejected,
            forceRenewal: options?.forceTokenRenewal ?? false
        )
    }
}
