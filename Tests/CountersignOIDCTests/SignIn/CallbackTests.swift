import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation
import TestSupport
import Testing

@Suite("Callback validation before the token request")
struct CallbackTests {
    let fixture = SignInFixture()

    private func rejection(
        _ callback: AuthorizationCallback,
        _ transaction: SignInTransaction,
        by client: OIDCClient? = nil
    ) async -> SignInError? {
        let client = client ?? fixture.web()
        return await signInError { () async throws(SignInError) in
            try await client.complete(transaction, callback: callback)
        }
    }

    @Test(
        "P56: An invalid callback is rejected for the right reason, without a token request",
        arguments: [
            ("", SignInError.Kind.stateMismatch), ("code=c", .stateMismatch), ("state=STATE&code=", .malformedCallback),
            ("state=STATE", .malformedCallback), ("state=STATE&code=c&code=c", .malformedCallback),
            ("state=STATE&state=STATE&code=c", .malformedCallback), ("state=STATE&code=%zz", .malformedCallback),
            ("state=STATE&code=%4", .malformedCallback), ("state=STATE&code=%FF", .malformedCallback),
            ("state=STATEx&code=c", .stateMismatch), ("state=&code=c", .stateMismatch),
            ("state=sTATE&code=c", .stateMismatch), ("state=STATE&code=c%00", .malformedCallback),
            ("state=STATE&code=c&iss=https%3A%2F%2Fevil.example", .issuerMismatch),
            ("state=STATE&code=c&iss=https%3A%2F%2Flogin.example.com%2F", .issuerMismatch),
            ("state=STATE&code=c&iss=", .issuerMismatch), ("state=STATE&code=c", .issuerMismatch),
            ("state=STATE&error=access_denied&iss=ISSUER", .denied),
            ("state=STATE&error=access_denied", .issuerMismatch),
            ("state=STATE&error=access_denied&code=c&iss=ISSUER", .denied),
            ("error=access_denied", .stateMismatch),
        ]
    )
    func rejected(text: String, kind: SignInError.Kind) async throws {
        // Rows without an issuer use a server that does not send one, except for those about the issuer itself.
        let sendsIssuer = text.contains("iss=") || kind == .issuerMismatch
        fixture.server.configuration.sendsIssuerParameter = sendsIssuer
        let transaction = try await fixture.web().authorizationRequest().transaction
        let query = text.replacing("STATE", with: transaction.state).replacing(
            "sTATE",
            with: transaction.state.dropLast() + "!"
        )
        .replacing("ISSUER", with: "https%3A%2F%2Flogin.example.com")
        let error = await rejection(.query(query), transaction)
        #expect(error?.kind == kind, "\(text)")
        #expect(fixture.server.count(.token) == 0)
        Promise.seen(56, "\(fixture.server.count(.token)) token requests for invalid callbacks")
    }

    @Test("More than 64 KiB and an overlong code are rejected")
    func sizes() async throws {
        let transaction = try await fixture.web().authorizationRequest().transaction
        let long = "state=\(transaction.state)&code=c&x=" + String(repeating: "a", count: 65_536)
        let longCode =
            "state=\(transaction.state)&iss=https%3A%2F%2Flogin.example.com&code=" + String(repeating: "a", count: 4097)
        for text in [long, longCode] {
            #expect(await rejection(.query(text), transaction)?.kind == .malformedCallback)
        }
        #expect(fixture.server.count(.token) == 0)
    }

    @Test(
        "P68: Faults of other parameters do not hide the error of a callback",
        arguments: [
            "error_description=refus%E9", "x=1&x=2", "utm=%zz", "utm=%4", "%E9=1", "%zz=1", "=", "&&",
            "error_description=a&error_description=b", "error_description=%zz", "session_state=%FF&session_state=%FE",
            "code=%FF", "code=a&code=b", "Error=x", "\u{212A}=1&K=2", String(repeating: "p&", count: 20_000),
        ]
    )
    func unrelatedFaults(fault: String) async throws {
        for (before, after) in [("", "&\(fault)"), ("\(fault)&", "")] {
            let transaction = try await fixture.web().authorizationRequest().transaction
            let response = "state=\(transaction.state)&error=access_denied&iss=https%3A%2F%2Flogin.example.com"
            let error = await rejection(.query(before + response + after), transaction)
            #expect(error?.kind == .denied && error?.oauthError == "access_denied")
            #expect(transaction.matches(.query(before + response + after)))
        }
    }

    @Test("P68: Faults of other parameters do not prevent a sign-in")
    func unrelatedFaultsOfCode() async throws {
        for fault in ["x=1&x=2", "x=%FF", "x=%zz", "error=", "error_description=%E9"] {
            let request = try await fixture.web().authorizationRequest()
            let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
            let callback = AuthorizationCallback.url("\(redirect.url)&\(fault)")
            #expect(try await fixture.web().complete(request.transaction, callback: callback).claims.subject == "u1")
        }
    }

    @Test(
        "The error of a malformed callback names the parameter and its fault",
        arguments: [
            ("code=a&code=b", "'code' of the callback occurs more than once"),
            ("code=a&error=x&error=x", "'error' of the callback occurs more than once"),
            ("code=a&state=x", "'state' of the callback occurs more than once"),
            ("code=a&iss=x", "'iss' of the callback occurs more than once"),
            ("code=%FF", "'code' of the callback is not UTF-8"),
            ("code=%zz", "'code' of the callback has a percent sign"),
            ("code=caf%C3%A9", "the code of the callback is invalid"),
            ("code=%E2%84%AA", "the code of the callback is invalid"),
            ("code=a%0Ab", "the code of the callback is invalid"), ("code=", "neither a code nor an error"),
        ]
    )
    func faults(text: String, message: String) async throws {
        let transaction = try await fixture.web().authorizationRequest().transaction
        let query = "state=\(transaction.state)&iss=https%3A%2F%2Flogin.example.com&\(text)"
        let error = await rejection(.query(query), transaction)
        #expect(error?.kind == .malformedCallback)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(fixture.server.count(.token) == 0)
    }

    @Test("A callback without state reports the error of the server")
    func noState() {
        let error = #expect(throws: SignInError.self) {
            try AuthorizationCallback.query("error=unauthorized_client&error_description=%E9").state()
        }
        #expect(error?.kind == .malformedCallback && error?.oauthError == "unauthorized_client")
    }

    @Test("P56: A callback is accepted for ten minutes, and never for a request from the future")
    func age() async throws {
        let client = fixture.web()
        let request = try await client.authorizationRequest()
        let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
        fixture.clock.advance(by: .seconds(601))
        #expect(await rejection(.url(redirect.url), request.transaction)?.kind == .expired)
        fixture.clock.setWallClock(to: Date(timeIntervalSince1970: 1_000_000))
        #expect(await rejection(.url(redirect.url), request.transaction)?.kind == .expired)
        #expect(fixture.server.count(.token) == 0)
    }

    @Test("P56: A callback is accepted once; the second time nothing is sent")
    func replay() async throws {
        let client = fixture.web()
        let request = try await client.authorizationRequest()
        let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
        _ = try await client.complete(request.transaction, callback: .url(redirect.url))
        #expect(await rejection(.url(redirect.url), request.transaction)?.kind == .alreadyUsed)
        #expect(fixture.server.count(.token) == 1)
    }

    @Test("P56: Of many tasks with the same callback, one completes the sign-in")
    func race() async throws {
        let client = fixture.web()
        let request = try await client.authorizationRequest()
        let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
        let completed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    (try? await client.complete(request.transaction, callback: .url(redirect.url))) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(completed == 1)
        #expect(fixture.server.count(.token) == 1)
        Promise.seen(56, "\(fixture.server.count(.token)) token request for a callback in 20 tasks")
    }

    @Test("P56: A callback is rejected in another browser and accepted in its own")
    func otherBrowser() async throws {
        let client = fixture.web()
        let mine = try await client.authorizationRequest()
        let theirs = try await client.authorizationRequest()
        let redirect = try await fixture.server.approve(authorizationURL: theirs.url, as: fixture.ada)
        #expect(await rejection(.url(redirect.url), mine.transaction)?.kind == .stateMismatch)
        #expect(fixture.server.count(.token) == 0)
        #expect(try await client.complete(theirs.transaction, callback: .url(redirect.url)).claims.subject == "u1")
    }

    @Test("A callback at another URL is rejected; an equivalent form of the redirect URI is accepted")
    func otherURL() async throws {
        let client = fixture.web()
        for (prefix, isAccepted) in [
            ("https://app.example/other", false), ("https://evil.example/callback", false),
            ("https://app.example/callback/", false), ("HTTPS://APP.example:443/callback", true),
        ] {
            let request = try await client.authorizationRequest()
            let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
            let url = redirect.url.replacing(SignInFixture.web, with: prefix)
            #expect(
                await rejection(.url(url), request.transaction)?.kind == (isAccepted ? nil : .malformedCallback),
                "\(prefix)"
            )
        }
    }

    @Test("P50: A code is not redeemed by another client or with another DPoP key")
    func otherClient() async throws {
        let request = try await fixture.web { $0.dpop = .es256 }.authorizationRequest()
        let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
        #expect(await rejection(.url(redirect.url), request.transaction)?.kind == .configuration)
        let again = try await fixture.web { $0.dpop = .es256 }.authorizationRequest()
        let second = try await fixture.server.approve(authorizationURL: again.url, as: fixture.ada)
        let otherKey = fixture.web { $0.dpop = .edDSA }
        #expect(await rejection(.url(second.url), again.transaction, by: otherKey)?.kind == .configuration)
        let third = try await fixture.web().authorizationRequest()
        let last = try await fixture.server.approve(authorizationURL: third.url, as: fixture.ada)
        #expect(await rejection(.url(last.url), third.transaction, by: fixture.native())?.kind == .configuration)
        #expect(fixture.server.count(.token) == 0)
    }

    @Test("A denied request is distinguished from a transient failure")
    func denied() async throws {
        let client = fixture.web()
        for (code, isTransient) in [
            ("access_denied", false), ("login_required", false), ("temporarily_unavailable", true),
        ] {
            let request = try await client.authorizationRequest()
            let redirect = try await fixture.server.deny(
                authorizationURL: request.url,
                error: code,
                description: "canary text"
            )
            let error = await rejection(.url(redirect.url), request.transaction)
            #expect(error?.kind == .denied)
            #expect(error?.oauthError == code)
            #expect(error?.oauthErrorDescription == "canary text")
            #expect(error?.isTransient == isTransient)
            #expect(error.map { "\($0)".contains(code) && !"\($0)".contains("canary") } == true)
        }
    }

    @Test("A transaction survives encoding, and malformed bytes are rejected")
    func stored() async throws {
        let client = fixture.web {
            $0.dpop = .es256; $0.maxAge = .seconds(300)
        }
        let request = try await client.authorizationRequest()
        let copy = try SignInTransaction(decoding: request.transaction.encoded())
        #expect(copy.encoded() == request.transaction.encoded())
        let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
        #expect(try await client.complete(copy, callback: .url(redirect.url)).claims.subject == "u1")
        let bytes = request.transaction.encoded()
        for text in ["", "{}", "[]", "{\"state\":1}"] {
            #expect(throws: SignInError.self) { try SignInTransaction(decoding: Array(text.utf8)) }
        }
        #expect(throws: SignInError.self) { try SignInTransaction(decoding: Array(bytes.dropLast())) }
    }
}
