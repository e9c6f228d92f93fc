import CountersignCrypto

extension CountersignRuntime {
    /// Returns the cache entry for the tokens of a source, creating it if there is none.
    ///
    /// - Parameter identity: The ``TokenSource/tokenIdentity`` of the source.
    func tokenCacheEntry(
        for source: any TokenSource,
        identity: String,
        scopes: [String],
        resources: [String]
    ) throws(TokenError) -> TokenCacheEntry {
        var tokenIdentity = TokenIdentity()
        tokenIdentity.add("source")
        tokenIdentity.add(String(reflecting: type(of: source)))
        tokenIdentity.add(secret: identity, key: try secretIdentityKey())
        tokenIdentity.add(set: scopes)
        tokenIdentity.add(set: resources)
        let clock = configuration.clock
        let timeout = tokenRequestTimeout
        return cache.entry(for: tokenIdentity) {
            let hasAsked = Locked(false)
            return makeTokenCacheEntry { [telemetry, work] in
                let request = TokenSourceRequest(
                    scopes: scopes,
                    resources: resources,
                    rejectedToken: nil,
                    forceRenewal: hasAsked.withLock { $0 }
                )
                let ask: @Sendable () async -> Result<AccessToken, TokenError> = {
                    do throws(TokenError) {
                        let deadline = clock.now().advanced(by: timeout)
                        let token = try await source.token(for: request, deadline: deadline, clock: clock)
                        hasAsked.withLock { $0 = true }
                        return .success(token)
                    } catch {
                        return .failure(error)
                    }
                }
                return await work.renewing {
                    guard let telemetry else { return await ask() }
                    return await telemetry.watchSource(ask)
                }
            }
        }
    }

    /// Returns the key of the digests by which token identities distinguish secrets.
    func secretIdentityKey() throws(TokenError) -> [UInt8] {
        do {
            return try identityKey.get()
        } catch {
            throw TokenError(.configuration, "the system returned no random bytes: \(error)")
        }
    }
}
