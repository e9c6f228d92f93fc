import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("Multi-tenant servers, whose metadata names a pattern of issuers")
struct MultiTenantTests {
    private static let pattern = "https://login.example.com/{tenantid}/v2.0"
    private let fixture = SignInFixture(issuer: "https://login.example.com/common/v2.0")

    init() {
        fixture.server.configuration.metadata = ["issuer": .string(Self.pattern)]
        issue(tenant: "acme")
    }

    private static func issuer(_ tenant: String) -> String { "https://login.example.com/\(tenant)/v2.0" }

    /// Lets the server name a tenant in its ID tokens.
    private func issue(tenant: String, claim: JSONValue? = nil) {
        issue(issuer: Self.issuer(tenant), claim: claim ?? .string(tenant))
    }

    private func issue(issuer: String, claim: JSONValue) {
        fixture.server.configuration.idTokenClaims = { claims in
            claims["iss"] = .string(issuer)
            claims["tid"] = claim
        }
    }

    private func client(_ pattern: IssuerPattern? = IssuerPattern(MultiTenantTests.pattern)) -> OIDCClient {
        fixture.web {
            $0.issuerPattern = pattern
            $0.scopes.append("offline_access")
        }
    }

    private func signInErrorKind(_ client: OIDCClient) async -> IDTokenError.Kind? {
        do {
            _ = try await fixture.signIn(client)
            return nil
        } catch {
            return (error as? SignInError)?.idTokenError?.kind
        }
    }

    @Test("P66: Users of every tenant sign in, and the ID token has the issuer of the tenant")
    func tenants() async throws {
        for tenant in ["acme", "9188040d-6c67-4c5b-b112-36a304b66dad", "a.b_c~d"] {
            issue(tenant: tenant)
            let result = try await fixture.signIn(client())
            #expect(result.idToken?.issuer == Self.issuer(tenant))
            #expect(result.claims.subject == "u1")
        }
    }

    @Test("P66: Without the pattern, or with another one, the metadata is rejected and no browser leaves")
    func closedByDefault() async throws {
        for pattern in [nil, "https://login.example.com/{tenant}/v2.0", Self.pattern + "/", "{tenantid}", ""] {
            let client = client(pattern.map { IssuerPattern($0) })
            let error = await signInError { () async throws(SignInError) in try await client.authorizationRequest() }
            #expect(error?.kind == .metadata)
            #expect(error?.tokenError?.message.contains("'\(Self.pattern)', the pattern of the issuers") == true)
        }
    }

    @Test("P57: An ID token whose iss does not match the pattern, or is not its tenant's, is rejected")
    func foreignIssuers() async throws {
        let table: [(String, JSONValue, IDTokenError.Kind)] = [
            (Self.issuer("acme"), "other", .wrongIssuer), (Self.issuer("acme"), .null, .missingClaim),
            (Self.issuer("acme"), 7, .malformedClaims), (Self.issuer("acme"), "", .wrongIssuer),
            (Self.issuer("acme"), "ACME", .wrongIssuer), (Self.issuer("acme"), ["acme"], .malformedClaims),
            (Self.pattern, "{tenantid}", .wrongIssuer), (Self.issuer(""), "", .wrongIssuer),
            (Self.issuer("a/b"), "a/b", .wrongIssuer), (Self.issuer(".."), "..", .wrongIssuer),
            ("https://login.example.com/acme/v2.0/", "acme", .wrongIssuer),
            ("https://login.example.com/acme/v1.0", "acme", .wrongIssuer),
            ("https://login.example.com/acme", "acme", .wrongIssuer),
            ("https://evil.example/acme/v2.0", "acme", .wrongIssuer),
            ("http://login.example.com/acme/v2.0", "acme", .wrongIssuer),
            ("https://login.example.com:443/acme/v2.0", "acme", .wrongIssuer),
            ("https://login.example.com/\u{212A}/v2.0", "K", .wrongIssuer),
            (Self.issuer("K"), "\u{212A}", .wrongIssuer),
            (Self.issuer("a%62"), "ab", .wrongIssuer), (Self.issuer("acme?x"), "acme?x", .wrongIssuer),
        ]
        for (issuer, claim, expected) in table {
            issue(issuer: issuer, claim: claim)
            #expect(await signInErrorKind(client()) == expected, "\(issuer) \(claim)")
        }
        Promise.seen(57, "\(table.count) issuers that do not match a pattern, or not the token's tenant")
    }

    @Test("P57: A key that belongs to one tenant signs no tokens of another one")
    func keyOfATenant() async throws {
        let table: [(JSONValue, IDTokenError.Kind?)] = [
            (.null, nil), (.string(Self.pattern), nil), (.string(Self.issuer("acme")), nil),
            (.string(Self.issuer("other")), .wrongIssuer), ("https://login.example.com/{x}/v2.0", .wrongIssuer),
            ("", .wrongIssuer), (.string(Self.issuer("acme") + "/"), .wrongIssuer), (7, .wrongIssuer),
        ]
        for (keyIssuer, expected) in table {
            let fixture = SignInFixture(issuer: fixture.server.issuer)
            fixture.server.configuration = self.fixture.server.configuration
            fixture.server.inject(
                .editingJSON { json in
                    guard case .array(let keys) = json["keys"] else { return }
                    json["keys"] = .array(
                        keys.map { key in
                            guard case .object(var members) = key else { return key }
                            members["issuer"] = keyIssuer
                            return .object(members)
                        }
                    )
                },
                at: .jwks,
                times: nil
            )
            let client = fixture.web { $0.issuerPattern = IssuerPattern(Self.pattern) }
            let error = await signInError { () async throws(SignInError) in
                do {
                    _ = try await fixture.signIn(client)
                } catch let error as SignInError {
                    throw error
                } catch {
                    throw SignInError(.cancelled, "\(error)")
                }
            }
            #expect(error?.idTokenError?.kind == expected, "\(keyIssuer)")
            #expect(error == nil || error?.kind == .invalidIDToken)
        }
    }

    @Test("P66: Another claim can name the tenant")
    func tenantClaim() async throws {
        let other = client(IssuerPattern(Self.pattern, tenantClaim: "org_id"))
        #expect(await signInErrorKind(other) == .missingClaim)
        fixture.server.configuration.idTokenClaims = { claims in
            claims["iss"] = .string(Self.issuer("acme"))
            claims["org_id"] = "acme"
        }
        #expect(await signInErrorKind(other) == nil)
    }

    @Test("P66: If the metadata names the issuer itself, the pattern accepts no other issuer")
    func exactMetadata() async throws {
        fixture.server.configuration.metadata = [:]
        #expect(await signInErrorKind(client()) == .wrongIssuer)
        fixture.server.configuration.idTokenClaims = nil
        #expect(await signInErrorKind(client()) == nil)
    }

    @Test("P56: The iss of a callback may be a tenant's, and the ID token must then be of the same tenant")
    func callbackIssuer() async throws {
        let own = "iss=https%3A%2F%2Flogin.example.com%2Fcommon%2Fv2.0"
        let table: [(String, SignInError.Kind?)] = [
            ("common", nil), ("acme", nil), ("other", .invalidIDToken), ("%7Btenantid%7D", .issuerMismatch),
            ("a%2Fb", .issuerMismatch), ("..", .issuerMismatch), ("", .issuerMismatch),
        ]
        for (tenant, expected) in table {
            let client = client()
            let request = try await client.authorizationRequest()
            let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
            let changed = redirect.url.replacing(own, with: own.replacing("common", with: tenant))
            #expect((changed == redirect.url) == (tenant == "common"), "the callback names its issuer")
            let tokenRequests = fixture.server.count(.token)
            let error = await signInError { () async throws(SignInError) in
                try await client.complete(request.transaction, callback: .url(changed))
            }
            #expect(error?.kind == expected, "\(tenant)")
            if expected == .issuerMismatch { #expect(fixture.server.count(.token) == tokenRequests) }
        }
        // Without a pattern, nothing but the exact issuer is accepted.
        let other = SignInFixture(issuer: fixture.server.issuer)
        let single = other.web()
        let request = try await single.authorizationRequest()
        let redirect = try await other.server.approve(authorizationURL: request.url, as: other.ada)
        let changed = redirect.url.replacing(own, with: own.replacing("common", with: "acme"))
        let error = await signInError { () async throws(SignInError) in
            try await single.complete(request.transaction, callback: .url(changed))
        }
        #expect(error?.kind == .issuerMismatch)
    }

    @Test("P39: A refresh that names another tenant is rejected, and the session keeps its identity")
    func refresh() async throws {
        let client = client()
        let session = try await client.session(
            for: try await fixture.signIn(client),
            in: MemoryTokenStore(clock: fixture.clock),
            id: "s"
        )
        #expect(session.subject == "u1")
        fixture.clock.advance(by: .seconds(3600))
        _ = try await session.accessToken()
        issue(tenant: "other")
        fixture.clock.advance(by: .seconds(3600))
        let error = await #expect(throws: TokenError.self) { try await session.accessToken() }
        #expect(error?.message.contains("its ID token is for another user, issuer or client") == true)
    }

    @Test("P66: Sessions and logout tokens of one subject at two tenants are kept apart")
    func sessions() async throws {
        let client = client()
        let store = MemoryTokenStore(clock: fixture.clock)
        let sessions = BrowserSessions(client, store: store)
        for tenant in ["acme", "other"] {
            issue(tenant: tenant)
            _ = try await sessions.beginSession(for: try await fixture.signIn(client))
        }
        #expect(try await sessions.sessions(of: "u1", issuer: Self.issuer("acme")).count == 1)
        #expect(try await sessions.sessions(of: "u1", issuer: Self.issuer("other")).count == 1)
        #expect(try await sessions.sessions(of: "u1").isEmpty)
        let logoutToken = try fixture.server.logoutToken(clientID: "web", subject: "u1") { claims in
            claims["iss"] = .string(Self.issuer("acme"))
            claims["tid"] = "acme"
        }
        #expect(try await sessions.backChannelLogout(logoutToken: logoutToken) == 1)
        #expect(try await sessions.sessions(of: "u1", issuer: Self.issuer("acme")).isEmpty)
        #expect(try await sessions.sessions(of: "u1", issuer: Self.issuer("other")).count == 1)
        // The same logout token again is a replay.
        await #expect(throws: SignInError.self) { try await sessions.backChannelLogout(logoutToken: logoutToken) }
        let foreign = try fixture.server.logoutToken(clientID: "web", subject: "u1") { claims in
            claims["iss"] = .string(Self.issuer("other"))
            claims["tid"] = "acme"
        }
        await #expect(throws: SignInError.self) { try await sessions.backChannelLogout(logoutToken: foreign) }
        #expect(try await sessions.signOutAll(of: "u1", issuer: Self.issuer("other")).count == 1)
    }
}
