import CountersignHTTP

extension FakeAuthorizationServer {
    /// The thumbprint of the key that a request to an endpoint of this server is proved with; nil without a proof.
    func verifyProof(
        of request: HTTP.Request,
        isRequired: Bool,
        configuration: Configuration
    ) throws(OAuthRefusal) -> String? {
        guard request.fields.contains(.dpop) else {
            guard !isRequired else {
                throw OAuthRefusal(code: "invalid_dpop_proof", description: "this client must send a DPoP proof")
            }
            return nil
        }
        let rules = ProofVerifier.Rules(
            nonces: configuration.nonces,
            window: configuration.proofWindow,
            algorithms: configuration.proofAlgorithms
        )
        do throws(ProofVerifier.Refusal) {
            return try proofs.verify(request, accessToken: nil, rules: rules, time: time()).thumbprint
        } catch {
            switch error {
            case .invalid(let reason):
                throw OAuthRefusal(code: "invalid_dpop_proof", description: reason)
            case .nonceNeeded(let nonce):
                throw OAuthRefusal(
                    code: "use_dpop_nonce",
                    description: "Authorization server requires nonce in DPoP proof",
                    fields: ["DPoP-Nonce": nonce]
                )
            }
        }
    }

    /// Gives the nonce to use next to whoever sent a proof, with success and refusal alike (RFC 9449 section 8.2).
    func announceNonce(in response: inout HTTP.Response, to request: HTTP.Request) {
        guard request.fields.contains(.dpop), !response.fields.contains(.dpopNonce),
            let nonce = proofs.announcedNonce(under: configuration.nonces)
        else { return }
        response.fields.append(name: .dpopNonce, value: nonce)
    }
}
