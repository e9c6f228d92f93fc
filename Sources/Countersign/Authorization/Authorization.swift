/// A requirement with a client's credentials put in: what attaches tokens to requests and answers refusals.
final class Authorization: Sendable {
    /// One scheme that is ready to be used.
    enum Scheme: Sendable {
        case slot(TokenSlot)
        case source(any TokenSource, scopes: [String], clock: any RuntimeClock)
        case field(HTTPFieldName, value: String)
        case query(name: String, value: String)

        var hasTokens: Bool {
            switch self {
            case .slot, .source: true
            case .field, .query: false
            }
        }
    }

    /// What was attached, for when the API refuses it.
    struct Attached: Sendable {
        var token: AccessToken?
        /// What the token came from.
        fileprivate var scheme: Scheme?
        /// All that is attached together.
        fileprivate var combination: [Scheme] = []
    }

    /// In order of preference.
    ///
    /// The combinations that need nothing are left out unless nothing else is there: an operation whose token cannot be
    /// had is not sent without one.
    let alternatives: [[Scheme]]
    /// Where the token of the first alternative is cached, if it is.
    let preferredSlot: TokenSlot?
    private let observers: Observers?

    init(alternatives: [[Scheme]], observers: Observers?) {
        self.alternatives = alternatives
        self.observers = observers
        preferredSlot =
            if case .slot(let slot) = alternatives.first?.first(where: \.hasTokens) { slot } else { nil }
    }

    /// Attaches what the first alternative demands whose tokens can be had.
    nonisolated(nonsending) func attach(
        to request: inout HTTPRequest,
        options: CallOptions?,
        deadline: Instant?
    ) async throws(TokenError) -> Attached {
        let attached = try await tokens(options: options, deadline: deadline)
        attachStatic(attached.combination, to: &request)
        if let token = attached.token {
            request.fields.append(name: .authorization, value: token.authorization)
        }
        return attached
    }

    /// The token of the first alternative whose tokens can be had; none where that one needs none.
    nonisolated(nonsending) func tokens(
        options: CallOptions?,
        deadline: Instant?
    ) async throws(TokenError) -> Attached {
        var failure: TokenError?
        for combination in alternatives {
            do throws(TokenError) {
                return try await tokens(for: combination, options: options, deadline: deadline)
            } catch {
                if error.kind == .cancelled { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return Attached()
    }

    /// Another token after `refused` was answered with 401; nil when there is none but the refused one.
    nonisolated(nonsending) func replace(
        _ attached: Attached,
        _ refused: AccessToken,
        options: CallOptions?,
        deadline: Instant?
    ) async throws(TokenError) -> Attached? {
        switch attached.scheme {
        case .slot(let slot):
            return Attached(
                token: try await slot.replacement(for: refused, deadline: deadline),
                scheme: attached.scheme
            )
        case .source(let source, let scopes, let clock):
            let request = Self.request(scopes, refused: refused, options: options)
            let token = try await Self.ask(source, request, deadline: deadline, clock: clock)
            return token.value == refused.value ? nil : Attached(token: token, scheme: attached.scheme)
        default:
            return nil
        }
    }

    /// A token that is good now, after a wait in which the attached one may have aged.
    nonisolated(nonsending) func renewed(
        _ attached: Attached,
        options: CallOptions?,
        deadline: Instant?
    ) async throws(TokenError) -> Attached {
        // The call has had its new token, where it asked for one.
        var options = options
        options?.renewToken = false
        return try await tokens(for: attached.scheme.map { [$0] } ?? [], options: options, deadline: deadline)
    }

    /// Makes sure that the refused token is not used again, without waiting for another.
    static func drop(_ refused: AccessToken, of attached: Attached) {
        if case .slot(let slot) = attached.scheme { slot.refuse(refused) }
    }

    private nonisolated(nonsending) func tokens(
        for combination: [Scheme],
        options: CallOptions?,
        deadline: Instant?
    ) async throws(TokenError) -> Attached {
        for scheme in combination {
            switch scheme {
            case .slot(let slot):
                let token =
                    if options?.renewToken == true {
                        try await slot.renewed(deadline: deadline)
                    } else if let token = cached(in: slot) {
                        token
                    } else {
                        try await slot.token(deadline: deadline)
                    }
                return Attached(token: token, scheme: scheme, combination: combination)
            case .source(let source, let scopes, let clock):
                observers?.record(.tokenLookup, "source")
                let request = Self.request(scopes, refused: nil, options: options)
                let token = try await Self.ask(source, request, deadline: deadline, clock: clock)
                return Attached(token: token, scheme: scheme, combination: combination)
            case .field, .query:
                continue
            }
        }
        return Attached(combination: combination)
    }

    private func cached(in slot: TokenSlot) -> AccessToken? {
        guard let token = slot.cached() else { return nil }
        observers?.record(.tokenLookup, "hit")
        return token
    }

    private func attachStatic(_ combination: [Scheme], to request: inout HTTPRequest) {
        for scheme in combination {
            switch scheme {
            case .field(let name, let value):
                request.fields.append(name: name, value: value)
            case .query(let name, let value):
                var target = request.url.target
                target += target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
                target.appendPercentEncoded(name)
                target += "="
                target.appendPercentEncoded(value)
                request.url = HTTPURL(origin: request.url.origin, uncheckedTarget: target)
            case .slot, .source:
                continue
            }
        }
    }

    private static func request(
        _ scopes: [String],
        refused: AccessToken?,
        options: CallOptions?
    ) -> TokenSourceRequest {
        TokenSourceRequest(
            scopes: options?.token.scopes ?? scopes,
            resources: options?.token.resources ?? [],
            refused: refused,
            renew: options?.renewToken ?? false
        )
    }

    private static nonisolated(nonsending) func ask(
        _ source: any TokenSource,
        _ request: TokenSourceRequest,
        deadline: Instant?,
        clock: any RuntimeClock
    ) async throws(TokenError) -> AccessToken {
        guard let deadline else { return try await ask(source, request).get() }
        return try await within(deadline, on: clock) { await ask(source, request) }.get()
    }

    private static nonisolated(nonsending) func ask(
        _ source: any TokenSource,
        _ request: TokenSourceRequest
    ) async -> Result<AccessToken, TokenError> {
        do {
            return .success(try await source.accessToken(for: request))
        } catch let error as TokenError {
            return .failure(error)
        } catch is CancellationError {
            return .failure(TokenError(.cancelled, "the token source was cancelled"))
        } catch {
            // Its text is the program's own and may hold anything: only its type is told.
            return .failure(TokenError(.unreachable, "the token source failed with \(type(of: error))"))
        }
    }
}
