import Countersign
import CountersignCrypto
import CountersignOIDC
import CountersignTesting
import TestSupport
import Testing

@Suite("Authorization code flow")
struct AuthorizationCodeTests {
    let fixture = SignInFixture()

    @Test("A confidential client gets the user's claims and the granted scopes")
    func confidential() async throws {
        let result = try await fixture.signIn(fixture.web())
        #expect(result.claims.subject == "u1")
        #expect(result.claims.name == "Ada")
        #expect(result.claims.roles == ["admin", "staff"])
        #expect(result.claims["aud"] == nil)
        #expect(result.idToken?.issuer == fixture.server.issuer)
        #expect(result.idToken?.audience == ["web"])
        #expect(Set(result.grantedScopes) == ["openid", "profile", "notes.read"])
        #expect(result.response.refreshToken != nil)
    }

    @Test("A public client signs in with a private-use scheme and on loopback; every response mode works")
    func native() async throws {
        #expect(try await fixture.signIn(fixture.native()).claims.subject == "u1")
        let loopback = fixture.native { $0.redirectURI = "http://127.0.0.1:49152/cb" }
        #expect(try await fixture.signIn(loopback).claims.subject == "u1")
        for mode in SignInConfiguration.ResponseMode.allCases {
            let client = fixture.web { $0.responseMode = mode }
            #expect(try await fixture.signIn(client).claims.subject == "u1", "\(mode)")
        }
    }

    @Test("An authorization request has all required parameters, and none twice")
    func request() async throws {
        fixture.server.configuration.pushedAuthorizationRequests = .none
        let client = fixture.web {
            $0.resources = ["https://api.example", "https://other.example"]
            $0.dpop = .es256
            $0.parameters = ["ui_locales": "de en"]
            $0.audience = "api"
            $0.maxAge = .milliseconds(90_500)
            $0.acrValues = ["gold", "silver"]
            $0.prompt = ["login", "consent"]
            $0.responseMode = .formPost
        }
        let request = try await client.authorizationRequest(loginHint: "a+b@example.com")
        #expect(request.url.hasPrefix(fixture.server.url(of: .authorization) + "?"))
        let sent = try query(request.url)
        #expect(sent["response_type"] == "code")
        #expect(sent["client_id"] == "web")
        #expect(sent["redirect_uri"] == SignInFixture.web)
        #expect(sent["scope"] == "openid profile notes.read")
        #expect(sent["state"] == request.transaction.state)
        #expect(sent["nonce"] == request.transaction.nonce)
        #expect(sent["code_challenge_method"] == "S256")
        #expect(sent["code_challenge"] == Base64URL.encode(SHA2.sha256(request.transaction.codeVerifier.utf8)))
        #expect(sent.filter { $0.name == "resource" }.map(\.value) == client.configuration.resources)
        #expect(sent["dpop_jkt"] == request.transaction.jkt)
        #expect(sent["dpop_jkt"]?.isEmpty == false)
        #expect(sent["ui_locales"] == "de en")
        #expect(sent["audience"] == "api")
        #expect(sent["max_age"] == "90")
        #expect(sent["acr_values"] == "gold silver")
        #expect(sent["prompt"] == "login consent")
        #expect(sent["response_mode"] == "form_post")
        #expect(sent["login_hint"] == "a+b@example.com")
        #expect(Set(sent.map(\.name)).count == sent.count - 1)
        #expect(!request.url.contains(request.transaction.codeVerifier))
    }

    @Test("The configuration's parameters are sent to the token endpoint, but not the audience")
    func tokenParameters() async throws {
        _ = try await fixture.signIn(
            fixture.web {
                $0.parameters = ["tenant": "acme"]; $0.audience = "api"
            }
        )
        let form = try #require(fixture.server.requests(to: .token).first).form
        #expect(form["tenant"] == "acme")
        #expect(form["audience"] == nil)
        #expect(form.names.filter { $0 != "tenant" } == ["grant_type", "code", "redirect_uri", "code_verifier"])
    }

    @Test("A cancelled sign-in fails as cancelled")
    func cancelled() async throws {
        let client = fixture.web()
        let request = try await client.authorizationRequest()
        let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), at: .token)
        let task = Task {
            await signInError { () async throws(SignInError) in
                try await client.complete(request.transaction, callback: .url(redirect.url))
            }
        }
        await fixture.server.waitForRequests(1, at: .token)
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
    }

    @Test("P56: State, nonce and code verifier have 256 random bits that never repeat")
    func randomness() async throws {
        var seen: Set<String> = []
        for _ in 0..<(Promise.isFullRun ? 10_000 : 50) {
            let transaction = try await fixture.web().authorizationRequest().transaction
            for value in [transaction.state, try #require(transaction.nonce), transaction.codeVerifier] {
                #expect(Base64URL.decode(value)?.count == 32)
                #expect(seen.insert(value).inserted)
            }
        }
        Promise.seen(56, "0 of \(seen.count) states, nonces and verifiers of 256 bits repeated")
    }

    @Test("Without the scope openid, no nonce is sent and no ID token is required")
    func withoutOpenID() async throws {
        let client = fixture.web { $0.scopes = ["notes.read"] }
        let request = try await client.authorizationRequest()
        #expect(request.transaction.nonce == nil)
        let result = try await fixture.signIn(client)
        #expect(result.idToken == nil)
        #expect(result.claims.subject.isEmpty)
    }

    @Test("The authorization endpoint's own query is kept")
    func endpointQuery() async throws {
        fixture.server.configuration.pushedAuthorizationRequests = .none
        fixture.server.configuration.metadata = [
            "authorization_endpoint": .string(fixture.server.url(of: .authorization) + "?tenant=a%20b")
        ]
        let url = try await fixture.web().authorizationRequest().url
        #expect(url.hasPrefix(fixture.server.url(of: .authorization) + "?tenant=a%20b&client_id=web&"))
    }

    @Test("An authorization endpoint whose query has a parameter of the request is rejected")
    func endpointQueryConflict() async throws {
        fixture.server.configuration.metadata = [
            "authorization_endpoint": .string(fixture.server.url(of: .authorization) + "?client_id=other")
        ]
        #expect(
            await signInError { () async throws(SignInError) in
                try await fixture.web().authorizationRequest()
            }?.kind == .metadata
        )
    }

    @Test(
        "An unsafe redirect URI is rejected before any request",
        arguments: [
            "", "/callback", "http://app.example/cb", "javascript:alert(1)", "data:text/html,x", "file:///etc",
            "https://app.example/cb#f", "https://user@app.example/cb", "com.example.app", "com.example.app:/a b",
            "1com.example:/cb", "https:", "HTTP://10.0.0.1/cb",
        ]
    )
    func redirectURI(text: String) async {
        let error = await signInError { () async throws(SignInError) in
            try await fixture.web().authorizationRequest(redirectURI: text)
        }
        #expect(error?.kind == .configuration)
        #expect(fixture.server.count(.pushedAuthorization) == 0)
    }

    @Test(
        "An additional parameter with a reserved name is rejected",
        arguments: [
            "state", "nonce", "redirect_uri", "client_id", "scope", "code_challenge", "code_challenge_method",
            "response_type", "request_uri", "request", "resource", "dpop_jkt", "max_age", "client_secret",
        ]
    )
    func reserved(name: String) async {
        for parameters in [[name: "x"], [:]] {
            let client = fixture.web { $0.parameters = parameters.isEmpty ? [name: "x"] : [:] }
            let error = await signInError { () async throws(SignInError) in
                try await client.authorizationRequest(parameters: parameters)
            }
            #expect(error?.kind == .configuration)
        }
    }

    @Test("P56: A server whose metadata lists PKCE methods without S256 is rejected")
    func plainChallenges() async {
        fixture.server.configuration.metadata = ["code_challenge_methods_supported": ["plain"]]
        let error = await signInError { () async throws(SignInError) in try await fixture.web().authorizationRequest() }
        #expect(error?.kind == .metadata)
    }

    @Test("A server that does not support the algorithm of the DPoP key is rejected before any request")
    func dpopAlgorithm() async {
        fixture.server.configuration.metadata = ["dpop_signing_alg_values_supported": ["EdDSA"]]
        let client = fixture.web { $0.dpop = .es256 }
        let error = await signInError { () async throws(SignInError) in try await client.authorizationRequest() }
        #expect(error?.kind == .configuration)
        #expect(fixture.server.count(.pushedAuthorization) == 0)
    }

    @Test("A pushed authorization request leaves only client_id and request_uri to the browser")
    func pushed() async throws {
        let client = fixture.web { $0.dpop = .es256 }
        let request = try await client.authorizationRequest()
        #expect(try query(request.url).map(\.name).sorted() == ["client_id", "request_uri"])
        let form = try #require(fixture.server.requests(to: .pushedAuthorization).first).form
        #expect(Set(form.names).count == form.names.count)
        #expect(form["client_id"] == "web")
        #expect(form["dpop_jkt"] == request.transaction.jkt)
        #expect(try await fixture.signIn(client).claims.subject == "u1")
        #expect(try await fixture.signIn(fixture.native()).claims.subject == "u1")
    }

    @Test("The configuration and the metadata decide whether requests are pushed")
    func pushPolicy() async throws {
        typealias Offer = FakeAuthorizationServer.Configuration.PushedAuthorizationRequests
        typealias Wish = SignInConfiguration.PushedAuthorizationRequests
        let table: [(offer: Offer, wish: Wish, isPushed: Bool?)] = [
            (.none, .whenOffered, false), (.none, .never, false), (.none, .always, nil),
            (.offered, .whenOffered, true), (.offered, .never, false), (.offered, .always, true),
            (.required, .whenOffered, true), (.required, .never, nil), (.required, .always, true),
        ]
        for row in table {
            let fixture = SignInFixture()
            fixture.server.configuration.pushedAuthorizationRequests = row.offer
            let client = fixture.web { $0.pushedAuthorizationRequests = row.wish }
            let request = try? await client.authorizationRequest()
            #expect(request.map { $0.url.contains("request_uri=") } == row.isPushed, "\(row)")
        }
    }

    @Test("A failed pushed authorization request reports its cause")
    func pushFailures() async throws {
        let table: [(Fault, kind: TokenError.Kind, oauthError: String?)] = [
            (.oauthError("invalid_request"), .rejected, "invalid_request"),
            (.status(403), .rejected, nil),
            (.status(503), .serverError, nil),
            (.withoutMember("request_uri"), .malformedResponse, nil),
            (.member("request_uri", "urn:\u{7F}"), .malformedResponse, nil),
            (.malformedBody, .malformedResponse, nil),
            (.lostResponse, .unreachable, nil),
        ]
        for (fault, kind, code) in table {
            fixture.server.inject(fault, at: .pushedAuthorization, times: nil)
            let error = await signInError { () async throws(SignInError) in
                try await fixture.web().authorizationRequest()
            }
            #expect(error?.kind == .tokenError)
            #expect(error?.tokenError?.kind == kind)
            #expect(error?.oauthError == code)
            fixture.server.clearFaults()
        }
    }

    @Test("With DPoP, the code and the tokens are bound to the key")
    func dpop() async throws {
        fixture.server.configuration.nonces = .required
        let result = try await fixture.signIn(fixture.web { $0.dpop = .es256 })
        #expect(result.response.accessToken.type == .dpop)
        #expect(result.dpopKey?.thumbprint == fixture.server.issuedTokens.last?.thumbprint)
    }

    @Test("The code is sent once, even if the response is lost")
    func sentOnce() async throws {
        fixture.server.inject(.lostResponse, at: .token, times: 1)
        let client = fixture.web()
        let error = await signInError { () async throws(SignInError) in
            do { _ = try await fixture.signIn(client) } catch {
                throw error as? SignInError ?? SignInError(.tokenError, "")
            }
        }
        #expect(error?.tokenError?.kind == .outcomeUnknown)
        #expect(fixture.server.count(.token) == 1)
    }

    @Test("An app signs a user in with two closures")
    func convenience() async throws {
        let redirects = AsyncStream.makeStream(of: String.self)
        let result = try await fixture.native().signIn { url in
            redirects.continuation.yield(try await fixture.server.approve(authorizationURL: url, as: fixture.ada).url)
        } callback: { _ in
            for await url in redirects.stream { return .url(url) }
            throw CancellationError()
        }
        #expect(result.claims.subject == "u1")
    }
}
