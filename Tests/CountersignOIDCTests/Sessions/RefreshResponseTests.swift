import Countersign
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("Unusual responses to refreshes")
struct RefreshResponseTests {
    // MARK: Members

    @Test(
        "P61: no unusual member of a refresh response loses the new refresh token, nor the access token",
        arguments: [
            .withoutMember("token_type"), .member("token_type", .null), .member("token_type", "BearerToken"),
            .member("token_type", "Bearer "), .member("token_type", "bearer_token"), .member("token_type", 1),
            .member("expires_in", 0), .member("expires_in", -1), .member("expires_in", ""),
            .member("expires_in", "null"), .member("expires_in", "soon"), .member("expires_in", .array([])),
            .member("error", ""), .member("error", .null), .member("error", false),
            .inserting(#""team": {"id": 1, "id": 2}"#), .inserting(#""x": NaN"#), .inserting(#""x": "\x""#),
            .inserting(#""x": 1, "x": 2"#), .inserting("\"name\": \"a\u{1}\""), .insertingLatin1,
            .member("scope", ""), .member("scope", 7), .member("id_token", ""), .member("id_token", "x"),
            .member("id_token", 7),
        ] as [Fault]
    )
    func unusualMembers(fault: Fault) async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.inject(fault, grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        let stored = try await fixture.stored()
        #expect(stored?.refreshToken == fixture.server.liveRefreshTokenFamilies.first?.refreshToken)
        #expect(stored?.pendingRefresh == nil)
        fixture.clock.advance(by: .seconds(2 * 3600))
        #expect(await session.outcome().hasPrefix("ey"), "the new refresh token is used")
        #expect(fixture.refreshes == 2)
        Promise.seen(61, "\(fixture.refreshes) refreshes with unusual members, each refresh token sent once")
    }

    @Test(
        "P61: a new refresh token is stored, and used next, even if the access token of its response cannot be used",
        arguments: [
            (DPoPAlgorithm.es256, Fault.member("token_type", "Bearer"), "wrongTokenType"),
            (.es256, .withoutMember("token_type"), "wrongTokenType"),
            (nil, .member("token_type", "DPoP"), "wrongTokenType"),
            (nil, .withoutMember("access_token"), "malformedResponse"),
            (nil, .member("access_token", "a\r\nb"), "malformedResponse"),
            (nil, .inserting(#""access_token": "another""#), "malformedResponse"),
            (nil, .member("error", "invalid_grant"), "rejected"),
        ] as [(DPoPAlgorithm?, Fault, String)]
    )
    func unusableAccessToken(dpop: DPoPAlgorithm?, fault: Fault, kind: String) async throws {
        let fixture = SessionFixture(dpop: dpop)
        let session = try await fixture.session()
        fixture.server.inject(fault, grantType: .refreshToken)
        fixture.expire()
        do throws(TokenError) {
            _ = try await session.accessToken()
            Issue.record("the access token was used")
        } catch {
            #expect(error.kind.description == kind)
            #expect(error.newRefreshToken == nil, "the session has stored it")
        }
        #expect(session.state == .active)
        let stored = try await fixture.stored()
        #expect(stored?.refreshToken == fixture.server.liveRefreshTokenFamilies.first?.refreshToken)
        #expect(stored?.pendingRefresh == nil)
        fixture.clock.advance(by: .seconds(120))
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(fixture.refreshes == 2)
    }

    @Test("P61: an ID token with a further audience does not lose the new refresh token")
    func furtherAudience() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let before = try #require(try await fixture.stored())
        fixture.server.inject(
            .editingIDToken {
                $0["aud"] = ["web", "api"]
                $0["azp"] = "web"
            },
            grantType: .refreshToken
        )
        fixture.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(session.state == .active)
        let stored = try #require(try await fixture.stored())
        #expect(stored.refreshToken != before.refreshToken)
        #expect(stored.refreshToken == fixture.server.liveRefreshTokenFamilies.first?.refreshToken)
        #expect(stored.idToken == before.idToken, "the new ID token is ignored")
        #expect(stored.pendingRefresh == nil)
        fixture.expire()
        #expect(await session.outcome().hasPrefix("ey"), "the new refresh token is used")
        #expect(fixture.refreshes == 2)
    }

    @Test("P39: an ID token for another client only is rejected, and the session continues")
    func otherAudience() async throws {
        let fixture = SessionFixture()
        fixture.server.configuration.refreshTokenRotation = .none
        let session = try await fixture.session()
        fixture.server.inject(.editingIDToken { $0["aud"] = "api" }, grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "rejected")
        #expect(session.state == .active)
    }

    // MARK: Scopes

    @Test(
        "P62: no spelling of the granted scopes makes an operation fail, at sign-in and after a refresh",
        arguments: [
            "user.read,notes.read,notes.write", "NOTES.READ NOTES.WRITE", "notes.Read",
            "openid api://app/notes.read api://app/notes.write", "https://notes.example.com/all", "", " ",
            "openid,profile", "notes", "openid notes:read",
        ]
    )
    func spelling(scope: String) async throws {
        for grantType: FakeAuthorizationServer.GrantType in [.authorizationCode, .refreshToken] {
            let fixture = SessionFixture()
            fixture.server.inject(.member("scope", .string(scope)), grantType: grantType)
            let session = try await fixture.session()
            for _ in 0..<2 {
                for scopes in [["notes.read"], ["notes.write"], ["openid"], ["notes.read", "notes.write"], ["other"]] {
                    #expect(await session.outcome(scopes: scopes).hasPrefix("ey"))
                }
                fixture.expire()
            }
            #expect(await session.outcome(scopes: ["notes.write"]).hasPrefix("ey"))
        }
        Promise.seen(62, "0 calls fail because of the spelling of granted scopes")
    }

    @Test("P62: a list of scopes is read like a text")
    func list() async throws {
        let fixture = SessionFixture()
        fixture.server.inject(
            .member("scope", ["openid", "notes.read"]),
            grantType: .authorizationCode
        )
        let session = try await fixture.session()
        #expect(session.grantedScopes == ["openid", "notes.read"])
        #expect(await session.outcome(scopes: ["notes.write"]) == "missingScope")
        #expect(await session.outcome(scopes: ["notes.read"]).hasPrefix("ey"))
    }

    @Test("P62: the scopes of a token for one resource do not narrow the session")
    func resources() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let scopes = session.grantedScopes
        fixture.server.inject(.member("scope", "notes.read"), grantType: .refreshToken)
        #expect(await session.outcome(scopes: ["notes.read"], resources: ["https://a.example"]).hasPrefix("ey"))
        #expect(await session.outcome(scopes: ["notes.write"], resources: ["https://b.example"]).hasPrefix("ey"))
        #expect(await session.outcome(scopes: ["notes.write"]).hasPrefix("ey"))
        #expect(session.grantedScopes == scopes)
        #expect(try await fixture.stored()?.withheldScopes == [])
        #expect(fixture.refreshes == 2)
    }

    @Test("P62: a sign-in with one resource serves operations with scopes of another one, and with openid")
    func resourceOfSignIn() async throws {
        let fixture = SessionFixture { $0.resources = ["https://a.example"] }
        fixture.server.inject(.member("scope", "notes.read"), grantType: .authorizationCode)
        let session = try await fixture.session()
        for scopes in [["openid"], ["notes.read"], ["notes.write"]] {
            #expect(await session.outcome(scopes: scopes).hasPrefix("ey"))
        }
    }

    @Test("P62: a scope that was withdrawn and is granted again is used again, also by another process")
    func grantedAgain() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.inject(.member("scope", "openid notes.read"), grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(await session.outcome(scopes: ["notes.write"]) == "missingScope")
        let restored = try #require(try await fixture.restored())
        #expect(await restored.outcome(scopes: ["notes.write"]) == "missingScope")
        fixture.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(await session.outcome(scopes: ["notes.write"]).hasPrefix("ey"))
    }

    // MARK: The end of a session

    private static let deadRefreshTokens: [(status: HTTP.Status, body: String)] = [
        (403, #"{"error": "unauthorized_client", "error_description": "refresh_token is invalid"}"#),
        (400, #"{"error": "BAD_REFRESH_TOKEN"}"#), (400, #"{"status": "BAD_REFRESH_TOKEN", "message": "invalid"}"#),
        (400, #"{"error": "invalid_refresh_token"}"#), (200, #"{"error": "bad_refresh_token"}"#),
        (200, #"{"ok": false, "error": "invalid_refresh_token"}"#), (400, #"{"error": "interaction_required"}"#),
        (401, #"{"error": "invalid_token"}"#),
    ]

    @Test("P63: the errors that end a session can be configured", arguments: deadRefreshTokens.indices)
    func configuredErrors(index: Int) async throws {
        let (status, body) = Self.deadRefreshTokens[index]
        let codes = ["bad_refresh_token", "invalid_refresh_token", "interaction_required", "invalid_token"]
        var configuration = SessionConfiguration()
        configuration.endsSession = { error in
            error.isInvalidGrant || codes.contains(error.oauthError?.lowercased() ?? "")
                || error.status == 403 && error.oauthErrorDescription == "refresh_token is invalid"
        }
        for isConfigured in [true, false] {
            let fixture = SessionFixture()
            let session = try await fixture.session(
                configuration: isConfigured ? configuration : SessionConfiguration()
            )
            fixture.server.inject(.status(status, body: body), grantType: .refreshToken)
            fixture.expire()
            #expect(await session.outcome() == (isConfigured ? "sessionEnded" : "rejected"))
            #expect((try await fixture.stored()?.state != .active) == isConfigured)
            fixture.clock.advance(by: .seconds(120))
            #expect(await session.outcome().hasPrefix("ey") == !isConfigured)
        }
        Promise.seen(63, "\(Self.deadRefreshTokens.count) other errors end a session if they are configured")
    }

    @Test(
        "P63: invalid_grant ends a session in any case",
        arguments: ["invalid_grant", "Invalid_Grant", "INVALID_GRANT", "invalid_GRANT"]
    )
    func invalidGrant(code: String) async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.inject(.oauthError(code, status: 403), grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "sessionEnded")
        #expect(session.state == .ended("invalid_grant"))
    }

    @Test(
        "P63: other names do not end a session by default",
        arguments: ["invalid_grants", "invalid_gran", "\u{130}nvalid_grant", "invalid_grant ", "invalid-grant", ""]
    )
    func otherNames(code: String) async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.inject(.oauthError(code), grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "rejected")
        #expect(session.state == .active)
    }

    @Test(
        "P22: a failure of the server or the network ends no session, whatever is configured",
        arguments: [
            .status(500), .oauthError("invalid_grant", status: 503), .oauthError("invalid_grant", status: 429),
            .status(408), .oauthError("server_error"), .transportError(.connect),
            .editingIDToken { $0["sub"] = "mallory" },
        ] as [Fault]
    )
    func failures(fault: Fault) async throws {
        var configuration = SessionConfiguration()
        configuration.endsSession = { _ in true }
        let fixture = SessionFixture()
        let session = try await fixture.session(configuration: configuration)
        fixture.server.inject(fault, grantType: .refreshToken)
        fixture.expire()
        #expect(await !session.outcome().hasPrefix("ey"))
        #expect(session.state == .active)
        #expect(session.hasRefreshToken)
    }
}

extension Fault {
    /// Inserts members into the response's JSON object, as they are written.
    fileprivate static func inserting(_ members: String) -> Fault {
        .editing { $0.body.replaceSubrange(0..<1, with: Array("{\(members), ".utf8)) }
    }

    /// Inserts a member with a text in ISO 8859-1.
    fileprivate static let insertingLatin1 = Fault.editing {
        $0.body.replaceSubrange(0..<1, with: Array(#"{"first_name": "Andr"#.utf8) + [0xE9] + Array(#"", "#.utf8))
    }
}
