import Countersign
import CountersignCrypto
import CountersignOIDC
import CountersignTesting
import TestSupport
import Testing

@Suite("Users sign in by authorization code")
struct AuthorizationCodeTests {
    let world = World()

    @Test("A confidential client learns who the user is and what was granted")
    func confidential() async throws {
        let result = try await world.signIn(world.web())
        #expect(result.claims.subject == "u1")
        #expect(result.claims.name() == "Ada")
        #expect(result.claims.roles() == ["admin", "staff"])
        #expect(result.claims["aud"] == nil)
        #expect(result.idToken?.issuer == world.server.issuer)
        #expect(result.idToken?.audience == ["web"])
        #expect(Set(result.grantedScopes) == ["openid", "profile", "notes.read"])
        #expect(result.response.refreshToken != nil)
    }

    @Test("A public client signs in with a scheme of its own, with loopback, and by any way the answer comes back")
    func native() async throws {
        #expect(try await world.signIn(world.native()).claims.subject == "u1")
        let loopback = world.native { $0.redirectURI = "http://127.0.0.1:49152/cb" }
        #expect(try await world.signIn(loopback).claims.subject == "u1")
        for mode in SignInConfiguration.ResponseMode.allCases {
            let client = world.web { $0.responseMode = mode }
            #expect(try await world.signIn(client).claims.subject == "u1", "\(mode)")
        }
    }

    @Test("An authorization request has all that the protocol asks for, and nothing twice")
    func request() async throws {
        world.server.configuration.pushedAuthorizationRequests = .none
        let client = world.web {
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
        #expect(request.url.hasPrefix(world.server.url(of: .authorization) + "?"))
        let sent = try query(request.url)
        #expect(sent["response_type"] == "code")
        #expect(sent["client_id"] == "web")
        #expect(sent["redirect_uri"] == World.web)
        #expect(sent["scope"] == "openid profile notes.read")
        #expect(sent["state"] == request.transaction.state)
        #expect(sent["nonce"] == request.transaction.nonce)
        #expect(sent["code_challenge_method"] == "S256")
        #expect(sent["code_challenge"] == Base64URL.encode(SHA2.sha256(request.transaction.verifier.utf8)))
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
        #expect(!request.url.contains(request.transaction.verifier))
    }

    @Test("The configuration's parameters go along to the token endpoint, and an audience does not")
    func tokenParameters() async throws {
        _ = try await world.signIn(
            world.web {
                $0.parameters = ["tenant": "acme"]; $0.audience = "api"
            }
        )
        let form = try #require(world.server.requests(to: .token).first).form
        #expect(form["tenant"] == "acme")
        #expect(form["audience"] == nil)
        #expect(form.names.filter { $0 != "tenant" } == ["grant_type", "code", "redirect_uri", "code_verifier"])
    }

    @Test("A cancelled sign-in says so")
    func cancelled() async throws {
        let client = world.web()
        let request = try await client.authorizationRequest()
        let answer = try await world.server.approve(authorizationURL: request.url, as: world.ada)
        let gate = AsyncGate()
        world.server.inject(.held(by: gate), at: .token)
        let task = Task {
            await signInError { () async throws(SignInError) in
                try await client.complete(request.transaction, callback: .url(answer.url))
            }
        }
        await world.server.waitForRequests(1, at: .token)
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
    }

    @Test("P56: state, nonce and verifier are 256 bits that never repeat")
    func randomness() async throws {
        var seen: Set<String> = []
        for _ in 0..<(Promise.isFullRun ? 10_000 : 50) {
            let transaction = try await world.web().authorizationRequest().transaction
            for value in [transaction.state, try #require(transaction.nonce), transaction.verifier] {
                #expect(Base64URL.decode(value)?.count == 32)
                #expect(seen.insert(value).inserted)
            }
        }
        Promise.seen(56, "0 of \(seen.count) states, nonces and verifiers of 256 bits repeated")
    }

    @Test("Without openid there is no nonce, and no ID token is missed")
    func withoutOpenID() async throws {
        let client = world.web { $0.scopes = ["notes.read"] }
        let request = try await client.authorizationRequest()
        #expect(request.transaction.nonce == nil)
        let result = try await world.signIn(client)
        #expect(result.idToken == nil)
        #expect(result.claims.subject.isEmpty)
    }

    @Test("A query that the authorization endpoint has is kept")
    func endpointQuery() async throws {
        world.server.configuration.pushedAuthorizationRequests = .none
        world.server.configuration.metadata = [
            "authorization_endpoint": .string(world.server.url(of: .authorization) + "?tenant=a%20b")
        ]
        let url = try await world.web().authorizationRequest().url
        #expect(url.hasPrefix(world.server.url(of: .authorization) + "?tenant=a%20b&client_id=web&"))
    }

    @Test("A query of the authorization endpoint that sets what the client sets is refused")
    func endpointQueryConflict() async throws {
        world.server.configuration.metadata = [
            "authorization_endpoint": .string(world.server.url(of: .authorization) + "?client_id=other")
        ]
        #expect(
            await signInError { () async throws(SignInError) in
                try await world.web().authorizationRequest()
            }?.kind == .metadata
        )
    }

    @Test(
        "A redirect URI that is not safe is refused before anything is sent",
        arguments: [
            "", "/callback", "http://app.example/cb", "javascript:alert(1)", "data:text/html,x", "file:///etc",
            "https://app.example/cb#f", "https://user@app.example/cb", "com.example.app", "com.example.app:/a b",
            "1com.example:/cb", "https:", "HTTP://10.0.0.1/cb",
        ]
    )
    func redirectURI(text: String) async {
        let error = await signInError { () async throws(SignInError) in
            try await world.web().authorizationRequest(redirectURI: text)
        }
        #expect(error?.kind == .configuration)
        #expect(world.server.count(.pushedAuthorization) == 0)
    }

    @Test(
        "A parameter that the client sets itself is refused as a further one",
        arguments: [
            "state", "nonce", "redirect_uri", "client_id", "scope", "code_challenge", "code_challenge_method",
            "response_type", "request_uri", "request", "resource", "dpop_jkt", "max_age", "client_secret",
        ]
    )
    func reserved(name: String) async {
        for parameters in [[name: "x"], [:]] {
            let client = world.web { $0.parameters = parameters.isEmpty ? [name: "x"] : [:] }
            let error = await signInError { () async throws(SignInError) in
                try await client.authorizationRequest(parameters: parameters)
            }
            #expect(error?.kind == .configuration)
        }
    }

    @Test("P56: a server whose metadata lists challenge methods without S256 is refused")
    func plainChallenges() async {
        world.server.configuration.metadata = ["code_challenge_methods_supported": ["plain"]]
        let error = await signInError { () async throws(SignInError) in try await world.web().authorizationRequest() }
        #expect(error?.kind == .metadata)
    }

    @Test("A server that does not take the algorithm of the DPoP key is refused before anything is sent")
    func dpopAlgorithm() async {
        world.server.configuration.metadata = ["dpop_signing_alg_values_supported": ["EdDSA"]]
        let client = world.web { $0.dpop = .es256 }
        let error = await signInError { () async throws(SignInError) in try await client.authorizationRequest() }
        #expect(error?.kind == .configuration)
        #expect(world.server.count(.pushedAuthorization) == 0)
    }

    @Test("Where it is offered the request is pushed, and the browser carries the client and the reference only")
    func pushed() async throws {
        let client = world.web { $0.dpop = .es256 }
        let request = try await client.authorizationRequest()
        #expect(try query(request.url).map(\.name).sorted() == ["client_id", "request_uri"])
        let form = try #require(world.server.requests(to: .pushedAuthorization).first).form
        #expect(Set(form.names).count == form.names.count)
        #expect(form["client_id"] == "web")
        #expect(form["dpop_jkt"] == request.transaction.jkt)
        #expect(try await world.signIn(client).claims.subject == "u1")
        #expect(try await world.signIn(world.native()).claims.subject == "u1")
    }

    @Test("Whether requests are pushed is what the configuration and the server agree on")
    func pushPolicy() async throws {
        typealias Offer = FakeAuthorizationServer.Configuration.PushedAuthorizationRequests
        typealias Wish = SignInConfiguration.PushedAuthorizationRequests
        let table: [(offer: Offer, wish: Wish, isPushed: Bool?)] = [
            (.none, .whenOffered, false), (.none, .never, false), (.none, .always, nil),
            (.offered, .whenOffered, true), (.offered, .never, false), (.offered, .always, true),
            (.required, .whenOffered, true), (.required, .never, nil), (.required, .always, true),
        ]
        for row in table {
            let world = World()
            world.server.configuration.pushedAuthorizationRequests = row.offer
            let client = world.web { $0.pushedAuthorizationRequests = row.wish }
            let request = try? await client.authorizationRequest()
            #expect(request.map { $0.url.contains("request_uri=") } == row.isPushed, "\(row)")
        }
    }

    @Test("A pushed request that is refused, lost or answered with something else fails with its reason")
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
            world.server.inject(fault, at: .pushedAuthorization, times: nil)
            let error = await signInError { () async throws(SignInError) in
                try await world.web().authorizationRequest()
            }
            #expect(error?.kind == .token)
            #expect(error?.tokenError?.kind == kind)
            #expect(error?.oauthError == code)
            world.server.clearFaults()
        }
    }

    @Test("A code is bound to a key, redeemed with a proof, and the tokens are bound as well")
    func dpop() async throws {
        world.server.configuration.nonces = .required
        let result = try await world.signIn(world.web { $0.dpop = .es256 })
        #expect(result.response.accessToken.type == .dpop)
        #expect(result.dpopKey?.thumbprint == world.server.issuedTokens.last?.thumbprint)
    }

    @Test("The code is sent once, even when its answer is lost")
    func sentOnce() async throws {
        world.server.inject(.lostResponse, at: .token, times: 1)
        let client = world.web()
        let error = await signInError { () async throws(SignInError) in
            do { _ = try await world.signIn(client) } catch { throw error as? SignInError ?? SignInError(.token, "") }
        }
        #expect(error?.tokenError?.kind == .outcomeUnknown)
        #expect(world.server.count(.token) == 1)
    }

    @Test("An app signs a user in with two closures")
    func convenience() async throws {
        let answers = AsyncStream.makeStream(of: String.self)
        let result = try await world.native().signIn { url in
            answers.continuation.yield(try await world.server.approve(authorizationURL: url, as: world.ada).url)
        } callback: { _ in
            for await url in answers.stream { return .url(url) }
            throw CancellationError()
        }
        #expect(result.claims.subject == "u1")
    }
}
