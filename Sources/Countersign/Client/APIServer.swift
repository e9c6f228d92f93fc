/// A validated server of an API, to which calls may be sent.
///
/// It is an object, so that passing it on costs one retain instead of one for each part.
final class APIServer: Sendable {
    let origin: HTTP.Origin
    /// The path that precedes the path of each operation, without a slash at its end.
    let basePath: String
    let dpop: DPoPServerState
    let retryBudget: RetryBudget

    /// Validates the base URL of an API.
    ///
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/configuration`` if it is not an `https` URL (or `http` on loopback
    ///   and for the origins that the runtime permits), or has a query.
    init(_ text: String, runtime: CountersignRuntime) throws(TokenError) {
        let url: HTTP.URL
        do {
            url = try HTTP.URL(text)
        } catch {
            throw TokenError(.configuration, "the URL of the server is invalid: \(error)")
        }
        try runtime.origins.check(url.origin, for: "the server")
        guard url.query == nil else {
            throw TokenError(.configuration, "the URL of the server has a query; remove it")
        }
        var path = String(url.path)
        while path.hasSuffix("/") { path.removeLast() }
        origin = url.origin
        basePath = path
        dpop = runtime.dpopNonces.server(at: url.origin, as: .resourceServer)
        retryBudget = runtime.retryBudgets.budget(of: url.origin)
    }
}

extension APIServer: CustomStringConvertible {
    /// The URL of the server, for errors and logs.
    var description: String { origin.description + basePath }
}

extension APIServer {
    /// The values of a sent proof that are needed to interpret the response.
    struct SentProof {
        /// The number of the request: of two nonces, the one of the later request is the newer one.
        var request: UInt64 = 0
        /// The clock offset that was added to the time of the proof.
        var clockOffset = Duration.zero
        var nonce: String?
    }

    /// Puts a new proof of possession for this server into a request (RFC 9449 section 4).
    @discardableResult
    func attachProof(
        to request: inout HTTP.Request,
        of token: AccessToken,
        key: DPoPKey,
        unixTime: Duration
    ) throws(TokenError) -> SentProof {
        let (nonce, clockOffset, number) = dpop.nextRequest()
        do {
            request.fields[.dpop] = try DPoPProof(
                method: request.method,
                url: request.url,
                issuedAt: unixTime + clockOffset,
                tokenHash: token.hash,
                nonce: nonce
            ).signed(with: key)
        } catch {
            throw TokenError(.configuration, "the DPoP proof could not be created: \(error)")
        }
        return SentProof(request: number, clockOffset: clockOffset, nonce: nonce)
    }
}
