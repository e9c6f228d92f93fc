extension APIClient {
    /// Validates the configuration of the client, for the start of a program.
    ///
    /// It checks the URLs of the servers, reads the environment variables of secrets, and creates keys. It requests the
    /// metadata of each issuer, and one token for each scheme with client credentials or a ``TokenSource``, which calls
    /// then use. Tokens of users are not requested. No request is sent to the API. The options of the client value apply;
    /// ``CallOption/timeout(_:)`` limits the wait for each token.
    ///
    /// ```swift
    /// do {
    ///     try await catalog.validate()
    /// } catch {
    ///     print(error)        // names every missing variable, and every server that does not respond
    /// }
    /// ```
    ///
    /// A stub has no problems.
    ///
    /// - Throws: ``ClientValidationError`` with all problems.
    public nonisolated(nonsending) func validate() async throws(ClientValidationError) {
        let problems = await configuration.problems(options: options)
        if !problems.isEmpty { throw ClientValidationError(client: configuration.name, problems: problems) }
    }
}

extension ClientConfiguration {
    /// Returns the problems of the configuration, each one once.
    fileprivate nonisolated(nonsending) func problems(options: CallOptions?) async -> [TokenError] {
        // The client of a stub.
        guard credentials.count == definition.schemes.count else { return [] }
        var problems = ProblemList()
        if let rejection = options?.rejection { problems.add(TokenError(.configuration, rejection)) }
        do throws(TokenError) { _ = try server(options?.server) } catch { problems.add(error) }
        for url in definition.servers {
            do throws(TokenError) { _ = try server(url) } catch { problems.add(error) }
        }
        // The first cache entry or source of each scheme: one token shows that its credentials are accepted.
        var schemes: [Int: Authorization.Scheme] = [:]
        let uses = definition.requirements.flatMap { $0.alternatives.joined() }
        for use in uses {
            do throws(TokenError) {
                let scheme = try resolve(use, options: options?.token ?? TokenRequestParameters())
                if schemes[use.scheme] == nil { schemes[use.scheme] = scheme }
            } catch {
                if error.kind != .notSignedIn { problems.add(error) }
            }
        }
        for issuer in issuers(of: Set(uses.map(\.scheme)).sorted()) {
            do throws(TokenError) { _ = try await runtime.publishedMetadata(of: issuer) } catch { problems.add(error) }
        }
        for (index, scheme) in schemes.sorted(by: { $0.key < $1.key }) where !definition.schemes[index].actsForUser {
            do throws(TokenError) {
                _ = try await Authorization(
                    alternatives: [Authorization.Alternative([scheme], actsForUser: false)],
                    telemetry: runtime.telemetry
                ).tokens(options: options, deadline: deadline(options))
            } catch {
                problems.add(error)
            }
        }
        return problems.all
    }

    /// Returns the issuers of schemes, each one once.
    private func issuers(of schemes: [Int]) -> [String] {
        var issuers: [String] = []
        for index in schemes {
            let server: AuthorizationServer? =
                switch (definition.schemes[index].kind, credentials[index]) {
                case (.clientCredentials(let oauth), .clientCredentials(let credentials)),
                    (.tokenExchange(let oauth), .tokenExchange(let credentials, _)):
                    credentials.server ?? oauth.server(or: issuer)
                case (.user(let scheme), _):
                    (scheme.issuer ?? issuer).map { .issuer(TrustedIssuer($0)) }
                default:
                    nil
                }
            guard case .issuer(let trusted) = server,
                !issuers.contains(where: { $0.utf8.elementsEqual(trusted.name.utf8) })
            else { continue }
            issuers.append(trusted.name)
        }
        return issuers
    }

    private func deadline(_ options: CallOptions?) -> MonotonicInstant? {
        (options?.timeout ?? definition.timeout).map { runtime.clock.now().advanced(by: $0) }
    }
}

/// Problems without repetitions: the requests to one authorization server often fail for one reason.
private struct ProblemList {
    private(set) var all: [TokenError] = []

    mutating func add(_ problem: TokenError) {
        if all.contains(where: { $0.kind == problem.kind && $0.message == problem.message }) { return }
        all.append(problem)
    }
}
