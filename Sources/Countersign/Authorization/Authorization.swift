/// A requirement with a client's credentials put in: what attaches tokens to requests and answers refusals.
struct Authorization: Sendable {
    /// One scheme that is ready to be used.
    enum Scheme: Sendable {
        case slot(TokenSlot)
        case source(any TokenSource, scopes: [String])
        case field(HTTPFieldName, value: String)
        case query(name: String, value: String)
    }

    /// What was attached, for when the API refuses it.
    struct Attached: Sendable {
        var token: AccessToken?
        fileprivate var scheme: Scheme?
    }

    /// In order of preference.
    ///
    /// The combinations that need nothing are left out unless nothing else is there: an operation whose token cannot be
    /// had is not sent without one.
    let alternatives: [[Scheme]]

    /// Attaches what the first alternative demands whose tokens can be had.
    nonisolated(nonsending) func attach(
        to request: inout HTTPRequest,
        options: CallOptions?,
        deadline: Instant?
    ) async throws(TokenError) -> Attached {
        var failure: TokenError?
        for combination in alternatives {
            do throws(TokenError) {
                let attached = try await tokens(for: combination, options: options, deadline: deadline)
                try attachStatic(combination, to: &request)
                if let token = attached.token {
                    request.fields.append(name: .authorization, value: token.authorization)
                }
                return attached
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
        case .source(let source, let scopes):
            let token = try await Self.ask(source, scopes, refused: refused, options: options)
            return token.value == refused.value ? nil : Attached(token: token, scheme: attached.scheme)
        default:
            return nil
        }
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
                    } else if let token = slot.cached() {
                        token
                    } else {
                        try await slot.token(deadline: deadline)
                    }
                return Attached(token: token, scheme: scheme)
            case .source(let source, let scopes):
                let token = try await Self.ask(source, scopes, refused: nil, options: options)
                return Attached(token: token, scheme: scheme)
            case .field, .query:
                continue
            }
        }
        return Attached()
    }

    private func attachStatic(_ combination: [Scheme], to request: inout HTTPRequest) throws(TokenError) {
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

    private static nonisolated(nonsending) func ask(
        _ source: any TokenSource,
        _ scopes: [String],
        refused: AccessToken?,
        options: CallOptions?
    ) async throws(TokenError) -> AccessToken {
        let request = TokenSourceRequest(
            scopes: options?.token.scopes ?? scopes,
            resources: options?.token.resources ?? [],
            refused: refused,
            renew: options?.renewToken ?? false
        )
        do {
            return try await source.accessToken(for: request)
        } catch let error as TokenError {
            throw error
        } catch is CancellationError {
            throw TokenError(.cancelled, "the token source was cancelled")
        } catch {
            // Its text is the program's own and may hold anything: only its type is told.
            throw TokenError(.unreachable, "the token source failed with \(type(of: error))")
        }
    }
}
