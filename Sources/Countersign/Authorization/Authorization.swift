/// A requirement with a client's credentials put in: what attaches tokens to requests and answers refusals.
final class Authorization: Sendable {
    /// One scheme that is ready to be used.
    enum Scheme: Sendable {
        case slot(TokenCacheEntry)
        case source(any TokenSource, scopes: [String], resources: [String], clock: any RuntimeClock)
        case exchange(TokenExchange)
        case field(HTTP.FieldName, value: String)
        case query(name: String, value: String)
        /// What was to be used cannot be.
        case unusable(TokenError)

        var hasTokens: Bool {
            switch self {
            case .slot, .source, .exchange: true
            case .field, .query, .unusable: false
            }
        }

        /// Where its token is cached, as far as that is known without asking anybody.
        var slot: TokenCacheEntry? {
            switch self {
            case .slot(let slot): slot
            case .exchange(let exchange): exchange.lastSlot
            case .source, .field, .query, .unusable: nil
            }
        }
    }

    /// What is used together; nothing for a request that carries nothing.
    struct Alternative: Sendable {
        let schemes: [Scheme]
        /// Whether the call is made for somebody.
        ///
        /// Then whatever goes wrong is its error, so that it is never made as somebody else, and not without a token
        /// either. Only where nobody is signed in the next alternative is tried.
        let actsForUser: Bool
        /// Why it cannot be used, where that is known beforehand: because nobody is signed in, above all.
        let obstacle: TokenError?

        init(_ schemes: [Scheme], actsForUser: Bool) {
            self.schemes = schemes
            self.actsForUser = actsForUser
            let obstacles = schemes.compactMap { if case .unusable(let error) = $0 { error } else { nil } }
            obstacle = obstacles.first { $0.kind == .notSignedIn } ?? obstacles.first
        }
    }

    /// What was attached, for when the API refuses it.
    struct Attached: Sendable {
        var token: AccessToken?
        /// What the token came from.
        fileprivate var scheme: Scheme?
        /// Where the token is cached.
        fileprivate var slot: TokenCacheEntry?
        /// All that is attached together.
        fileprivate var combination: [Scheme] = []
    }

    /// In order of preference.
    ///
    /// One that needs nothing stands only behind one that acts for a user: an operation whose token cannot be had is not
    /// sent without one, unless it is because nobody is signed in.
    let alternatives: [Alternative]
    /// Where the token of the first alternative is cached, if it is.
    let preferredSlot: TokenCacheEntry?
    private let observers: TelemetryFanOut?

    init(alternatives: [Alternative], observers: TelemetryFanOut?) {
        self.alternatives = alternatives
        self.observers = observers
        preferredSlot =
            if case .slot(let slot) = alternatives.first?.schemes.first(where: \.hasTokens) { slot } else { nil }
    }

    /// Attaches what the first alternative demands whose tokens can be had.
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

    /// The token of the first alternative whose tokens can be had; none where that one needs none.
    nonisolated(nonsending) func tokens(
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> Attached {
        var failure: TokenError?
        var absence: TokenError?
        for alternative in alternatives {
            if alternative.schemes.isEmpty {
                if failure == nil { return Attached() }
                continue
            }
            do throws(TokenError) {
                if let obstacle = alternative.obstacle { throw obstacle }
                return try await tokens(for: alternative.schemes, options: options, deadline: deadline)
            } catch {
                switch error.kind {
                case .notSignedIn where alternative.actsForUser: absence = absence ?? error
                case _ where alternative.actsForUser, .cancelled, .configuration: throw error
                default: failure = failure ?? error
                }
            }
        }
        if let error = failure ?? absence { throw error }
        return Attached()
    }

    /// Another token after `refused` was answered with 401; nil when there is none but the refused one.
    nonisolated(nonsending) func replace(
        _ attached: Attached,
        _ refused: AccessToken,
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> Attached? {
        if let slot = attached.slot {
            let token = try await slot.replacement(for: refused, deadline: deadline)
            return Attached(token: token, scheme: attached.scheme, slot: slot)
        }
        guard case .source(let source, let scopes, let resources, let clock) = attached.scheme else { return nil }
        let request = Self.request(scopes, resources, refused: refused, options: options)
        let token = try await source.token(for: request, deadline: deadline, clock: clock)
        return token.value == refused.value ? nil : Attached(token: token, scheme: attached.scheme)
    }

    /// A token that is good now, after a wait in which the attached one may have aged.
    nonisolated(nonsending) func renewed(
        _ attached: Attached,
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> Attached {
        // The call has had its new token, where it asked for one.
        var options = options
        options?.forceTokenRenewal = false
        return try await tokens(for: attached.scheme.map { [$0] } ?? [], options: options, deadline: deadline)
    }

    /// Makes sure that the refused token is not used again, without waiting for another.
    static func drop(_ refused: AccessToken, of attached: Attached) {
        attached.slot?.refuse(refused)
    }

    private nonisolated(nonsending) func tokens(
        for combination: [Scheme],
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> Attached {
        for scheme in combination {
            switch scheme {
            case .slot(let slot):
                let token = try await token(in: slot, options: options, deadline: deadline)
                return Attached(token: token, scheme: scheme, slot: slot, combination: combination)
            case .source(let source, let scopes, let resources, let clock):
                observers?.record(.tokenLookup, "source")
                let request = Self.request(scopes, resources, refused: nil, options: options)
                let token = try await source.token(for: request, deadline: deadline, clock: clock)
                return Attached(token: token, scheme: scheme, combination: combination)
            case .exchange(let exchange):
                let slot = try await exchange.slot(deadline: deadline)
                let token = try await token(in: slot, options: options, deadline: deadline)
                return Attached(token: token, scheme: scheme, slot: slot, combination: combination)
            case .field, .query, .unusable:
                continue
            }
        }
        return Attached(combination: combination)
    }

    private nonisolated(nonsending) func token(
        in slot: TokenCacheEntry,
        options: CallOptions?,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> AccessToken {
        if options?.forceTokenRenewal == true { return try await slot.renewed(deadline: deadline) }
        if let token = cached(in: slot) { return token }
        return try await slot.token(deadline: deadline)
    }

    private func cached(in slot: TokenCacheEntry) -> AccessToken? {
        guard let token = slot.cached() else { return nil }
        observers?.record(.tokenLookup, "hit")
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
            case .slot, .source, .exchange, .unusable:
                continue
            }
        }
    }

    private static func request(
        _ scopes: [String],
        _ resources: [String],
        refused: AccessToken?,
        options: CallOptions?
    ) -> TokenSourceRequest {
        TokenSourceRequest(
            scopes: options?.token.scopes ?? scopes,
            resources: options?.token.resources ?? resources,
            refused: refused,
            renew: options?.forceTokenRenewal ?? false
        )
    }
}
