import CountersignCrypto
import CountersignTesting
import Foundation
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Discovery")
struct DiscoveryTests {
    private static let issuer = "https://login.example.com/a"
    private static let openID = "https://login.example.com/a/.well-known/openid-configuration"
    private static let oauth = "https://login.example.com/.well-known/oauth-authorization-server/a"

    /// Responses of a first address that are not a usable metadata document.
    private static let unusable: [Fault] = [
        .response(HTTP.Response(status: 200, body: Array("<html>Sign in</html>".utf8))),
        .response(HTTP.Response(status: 200)), .response(.json("[]")), .response(.json("{}")),
        .response(.json("null")), .response(.json(#"{"issuer":null,"token_endpoint":"\#(issuer)/token"}"#)),
        .response(.json(#"{"issuer":"\#(issuer)"}"#)), .response(.json(#"{"issuer":"\#(issuer)","token_endpoint":7}"#)),
        .response(.json(#"{"issuer":"\#(issuer)/","token_endpoint":"\#(issuer)/token"}"#)),
        .response(.json(#"{"issuer":"https://login.example.com","token_endpoint":"\#(issuer)/token"}"#)),
        .response(.json(#"{"issuer":"\#(issuer)","token_endpoint":"\#(issuer)/token""#)),
        .response(.json(String(repeating: " ", count: 513 << 10))),
        .status(404), .status(204), .status(302, fields: ["Location": "https://evil.example/"]), .status(403),
        .status(500), .status(429), .lostResponse, .transportError(.connect),
    ]

    @Test("P66: After anything but a usable document, the other address is tried", arguments: unusable.indices)
    func otherAddress(index: Int) async throws {
        let world = World(issuer: Self.issuer)
        world.server.inject(Self.unusable[index], at: .metadata)
        #expect(await world.discoveringClient().outcome() == "200")
        #expect(world.server.requests(to: .metadata).map(\.request.url.string) == [Self.openID, Self.oauth])
        Promise.seen(66, "\(Self.unusable.count) unusable responses at the first address, then a sign-in that works")
    }

    @Test("P66: The error of a discovery names both addresses and the reason for each")
    func bothReasons() async throws {
        let world = World(issuer: Self.issuer)
        world.server.inject(.response(.json(#"{"issuer":"\#(Self.issuer)/"}"#)), at: .metadata)
        world.server.inject(.status(404), at: .metadata)
        let error = try #require(await world.discoveringClient().failure()?.tokenError)
        #expect(error.kind == .metadata)
        #expect(
            error.message == """
                \(Self.issuer) has no usable metadata: \(Self.openID) names the issuer '\(Self.issuer)/'; configure \
                exactly that issuer: the final slash matters; \(Self.oauth) returned status 404 instead of metadata
                """
        )
        #expect(world.tokenRequests == 0)
    }

    @Test("P66: An error of a discovery repeats no text that the server has chosen")
    func noForeignText() async throws {
        for body in ["canary", #"{"issuer":"https://canary.example/"}"#, #"{"issuer":"canary{x}"}"#] {
            let world = World(issuer: Self.issuer)
            world.server.inject(.response(.json(body)), at: .metadata, times: nil)
            let error = try #require(await world.discoveringClient().failure()?.tokenError)
            #expect(!error.description.contains("canary"), "\(error)")
        }
    }

    @Test("P61: Null members of the metadata count as missing")
    func nullMembers() async throws {
        let world = World()
        let members = [
            "revocation_endpoint", "dpop_signing_alg_values_supported", "token_endpoint_auth_methods_supported",
            "token_endpoint_auth_signing_alg_values_supported", "code_challenge_methods_supported",
            "pushed_authorization_request_endpoint", "scopes_supported", "jwks_uri", "signed_metadata",
        ]
        world.server.inject(.editingJSON { json in members.forEach { json[$0] = .null } }, at: .metadata, times: nil)
        #expect(await world.discoveringClient(dpop: .es256).outcome() == "200")
        let metadata = try await world.runtime.metadata(of: TrustedIssuer(world.server.issuer))
        #expect(metadata["jwks_uri"] == nil && metadata["issuer"] != nil)
        for name in members { #expect(metadata.list(name) == nil) }
        #expect(!metadata.names(.revocation) && !metadata.names(.pushedAuthorization))
        #expect(throws: TokenError.self) { try metadata.url("jwks_uri") }
    }

    @Test("P61: A list of the metadata that is empty or not an array says nothing, and a single text is a list")
    func lists() async throws {
        let table: [(JSONValue, [String]?)] = [
            ([], nil), ([1, .null], nil), ("ES256", ["ES256"]), (["ES256", .null, 7], ["ES256"]), ([:], nil), (7, nil),
        ]
        for (value, expected) in table {
            let world = World()
            world.server.configuration.metadata = ["dpop_signing_alg_values_supported": value]
            let metadata = try await world.runtime.metadata(of: TrustedIssuer(world.server.issuer))
            #expect(metadata.list("dpop_signing_alg_values_supported") == expected, "\(value)")
            #expect(await world.discoveringClient(dpop: .es256).outcome() == "200", "\(value)")
        }
    }

    @Test("P61: Members of the metadata that cannot be read cost only themselves")
    func faultyMembers() async throws {
        let faults: [[UInt8]] = [
            Array(#""note":"caf"#.utf8) + [0xE9, 0x22],
            Array(#""scopes_supported":["a"],"scopes_supported":["b"]"#.utf8),
            Array(#""ui":{"a":1,"a":2}"#.utf8), Array(#""since":01,"rate":.5,"flag":True,"text":"\x""#.utf8),
            Array((#""deep":"# + String(repeating: "[", count: 100) + String(repeating: "]", count: 100)).utf8),
        ]
        for fault in faults {
            let world = World()
            world.server.inject(
                .editing { $0.body = $0.body.dropLast() + [UInt8(ascii: ",")] + fault + [UInt8(ascii: "}")] },
                at: .metadata,
                times: nil
            )
            #expect(
                await world.discoveringClient(dpop: .es256).outcome() == "200",
                "\(String(decoding: fault, as: UTF8.self))"
            )
            #expect(world.server.count(.metadata) == 1)
        }
    }

    // MARK: Endpoints at other origins

    private static let elsewhere: [String: JSONValue] = ["token_endpoint": "https://tokens.example.net:8443/t"]

    private func client(_ world: World, _ origins: Set<String>, credentials: ClientCredentials = World.credentials)
        -> APIClient
    {
        let oauth = OAuthConfiguration(issuer: world.server.issuer, endpointOrigins: origins)
        return APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(credentials, oauth),
            runtime: world.runtime
        )
    }

    @Test("P66: The error for an endpoint at another origin says what to write into the schema")
    func endpointOriginError() async throws {
        let world = World()
        world.server.configuration.metadata = Self.elsewhere
        let error = try #require(await world.discoveringClient().failure()?.tokenError)
        #expect(
            error.message == """
                the token_endpoint of https://login.example.com is at another origin, https://tokens.example.net:8443; if \
                that is right, add 'endpointOrigins: [https://tokens.example.net:8443]' to the scheme in the schema, or \
                insert "https://tokens.example.net:8443" into endpointOrigins of the sign-in configuration or the \
                runtime's configuration
                """
        )
        #expect(world.network.unreachableRequests.isEmpty)
    }

    @Test("P66: An endpoint may be at an origin that the client's configuration names, and at no other")
    func endpointOrigins() async throws {
        let world = World()
        world.server.configuration.metadata = Self.elsewhere
        // The clients share the cached metadata, but not what each of them accepts.
        let rejected: [Set<String>] = [
            [], ["https://tokens.example.net"], ["http://tokens.example.net:8443"],
            ["https://tokens.example.net:8443/t"],
            ["https://tokens.example.net.evil.example:8443", "tokens.example.net:8443", ""],
        ]
        for origins in rejected {
            #expect(await client(world, origins).failure()?.tokenError?.kind == .metadata, "\(origins)")
        }
        #expect(world.network.unreachableRequests.isEmpty)
        for origins in [["https://tokens.example.net:8443"], ["https://TOKENS.example.net:8443/", "x"]] as [Set<String>]
        {
            _ = await client(world, origins).failure()
        }
        #expect(
            world.network.unreachableRequests.map(\.url.string)
                == Array(
                    repeating: "https://tokens.example.net:8443/t",
                    count: 2
                )
        )
        #expect(world.server.count(.metadata) == 1)
    }

    @Test("P66: The origins of the schema's issuer do not apply to an issuer of the credentials")
    func originsOfCredentials() async throws {
        let world = World()
        world.server.configuration.metadata = Self.elsewhere
        let origins: Set = ["https://tokens.example.net:8443"]
        let own = World.credentials.issuer(world.server.issuer)
        #expect(await client(world, origins, credentials: own).failure()?.tokenError?.kind == .metadata)
        #expect(world.network.unreachableRequests.isEmpty)
        let permitting = World.credentials.issuer(world.server.issuer, endpointOrigins: origins)
        _ = await client(world, [], credentials: permitting).failure()
        #expect(world.network.unreachableRequests.count == 1)
    }

    @Test("P53: An origin that a client's configuration names must use TLS")
    func insecureEndpointOrigin() async throws {
        let world = World()
        world.server.configuration.metadata = ["token_endpoint": "http://tokens.example.net/t"]
        let failure = await client(world, ["http://tokens.example.net"]).failure()
        #expect(failure?.tokenError?.kind == .metadata)
        #expect(world.network.unreachableRequests.isEmpty)
    }

    // MARK: Patterns of issuers

    @Test("P66: A pattern of issuers has the issuer's origin and a placeholder as one path segment")
    func templates() throws {
        let origin = try HTTP.Origin("https://login.example.com")
        for text in [
            "https://login.example.com/{tenantid}/v2.0", "https://login.example.com/{tenantid}",
            "https://login.example.com/a/{t}/", "https://login.example.com/{}/x",
        ] {
            #expect(IssuerTemplate(text, at: origin) != nil, "\(text)")
        }
        for text in [
            "", "{t}", "https://{t}.example.com/", "https://{t}/v2.0", "https://login.example.com{t}/v2.0",
            "https://login.example.com/x{t}/v2.0", "https://login.example.com/{t}x/v2.0",
            "https://login.example.com/v2.0",
            "https://login.example.com/{t}/{u}", "https://login.example.com/{t/u}", "https://login.example.com/}{",
            "https://login.example.com/{t}?a", "https://login.example.com/{t}#a", "https://login.example.com/{{t}}",
            "http://login.example.com/{t}", "https://login.example.com:8443/{t}", "https://login.example.com/{t}/%2F",
            "https://login.example.com.evil.example/{t}", "https://login.example.com@evil.example/{t}",
            "https://LOGIN.example.com/{t}", "https://login.example.com/{t}/\u{E9}",
            "https://login.example.com/{t}/" + String(repeating: "a", count: 300),
        ] {
            #expect(IssuerTemplate(text, at: origin) == nil, "\(text)")
        }
    }

    @Test("P66: The tenant of an issuer is one path segment of unreserved characters, and all else is equal as bytes")
    func tenants() throws {
        let origin = try HTTP.Origin("https://login.example.com")
        let template = try #require(IssuerTemplate("https://login.example.com/{tenantid}/v2.0", at: origin))
        for tenant in ["9188040d-6c67-4c5b-b112-36a304b66dad", "contoso.example", "a", "A_~.", "..a"] {
            #expect(template.tenant(of: "https://login.example.com/\(tenant)/v2.0") == tenant)
        }
        for issuer in [
            "", "https://login.example.com//v2.0", "https://login.example.com/v2.0",
            "https://login.example.com/a/b/v2.0",
            "https://login.example.com/./v2.0", "https://login.example.com/../v2.0",
            "https://login.example.com/a%2Fb/v2.0",
            "https://login.example.com/a/v2.0/", "https://login.example.com/a/v2.0?x",
            "https://login.example.com/a/V2.0",
            "https://login.example.com/a?/v2.0", "https://login.example.com/a#/v2.0",
            "https://login.example.com/a\\b/v2.0",
            "https://login.example.com/{tenantid}/v2.0", "https://LOGIN.example.com/a/v2.0",
            "http://login.example.com/a/v2.0", "https://evil.example/a/v2.0", "https://login.example.com/\u{212A}/v2.0",
            "https://login.example.com/a\u{37E}b/v2.0", "https://login.example.com/a b/v2.0",
            "https://login.example.com/\(String(repeating: "a", count: 129))/v2.0", " https://login.example.com/a/v2.0",
        ] {
            #expect(template.tenant(of: issuer) == nil, "\(issuer)")
        }
    }

    @Test("P66: Metadata that names a pattern is rejected unless the client has configured the same pattern")
    func unconfiguredPattern() async throws {
        let world = World(issuer: "https://login.example.com/common")
        let pattern = "https://login.example.com/{tenantid}"
        world.server.configuration.metadata = ["issuer": .string(pattern)]
        let error = try #require(await world.discoveringClient().failure()?.tokenError)
        #expect(error.kind == .metadata)
        #expect(error.message.contains("set issuerPattern of the sign-in configuration to this pattern"))
        #expect(world.tokenRequests == 0)
        for other in ["https://login.example.com/{tenant}", "https://login.example.com/{tenantid}/", "", "{tenantid}"] {
            let trust = TrustedIssuer(world.server.issuer, pattern: other)
            await #expect(throws: TokenError.self) { try await world.runtime.metadata(of: trust) }
        }
        let trust = TrustedIssuer(world.server.issuer, pattern: pattern)
        #expect(try await world.runtime.metadata(of: trust).template?.text == pattern)
        #expect(world.server.count(.metadata) == 1)
    }
}
