import CountersignHTTP

extension FakeAuthorizationServer {
    /// Verifies the proof of a request and returns the thumbprint of its key; nil without a proof.
    func verifyProof(
        of request: HTTP.Request,
        isRequired: Bool,
        configuration: Configuration
    ) throws(OAuthErrorResponse) -> String? {
        guard request.fields.contains(.dpop) else {
            guard !isRequired else {
                throw OAuthErrorResponse(code: "invalid_dpop_proof", description: "the client must send a DPoP proof")
            }
            return nil
        }
        let rules = ProofVerifier.Rules(
            nonces: configuration.nonces,
            window: configuration.proofWindow,
            algorithms: configuration.proofAlgorithms
        )
        do throws(ProofVerifier.ProofError) {
            return try proofs.verify(request, accessToken: nil, rules: rules, time: time()).thumbprint
        } catch {
            switch error {
            case .invalid(let message):
                throw OAuthErrorResponse(code: "invalid_dpop_proof", description: message)
            case .nonceRequired(let nonce):
                throw OAuthErrorResponse(
                    code: "use_dpop_nonce",
                    description: "Authorization server requires nonce in DPoP proof",
                    fields: ["DPoP-Nonce": nonce]
                )
            }
        }
    }

    /// Adds the newest nonce to the response to a request with a proof, whether it succeeded or not (RFC 9449 section 8.2).
    func announceNonce(in response: inout HTTP.Response, to request: HTTP.Request) {
        guard request.fields.contains(.dpop), !response.fields.contains(.dpopNonce),
            let nonce = proofs.announcedNonce(under: configuration.nonces)
        else { return }
        response.fields.append(name: .dpopNonce, value: nonce)
    }
}
