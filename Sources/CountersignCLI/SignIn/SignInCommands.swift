import Countersign
import CountersignGenerator
import CountersignLoopback
import CountersignOIDC
import CountersignSchema

/// `sign-in`, `token` and `sign-out`.
struct SignInCommands {
    let arguments: CommandLineArguments
    let environment: [String: String]
    let runtime: Runtime
    /// Shows a page in a browser; false where there is none.
    let openBrowser: (String) -> Bool
    let output: (String) -> Void
    let errors: (String) -> Void

    private var profileName: String { arguments[.profile] ?? "default" }

    nonisolated(nonsending) func signIn() async throws -> ExitCode {
        let profile = try SignInProfile(arguments)
        let port = try port()
        let folder = try SignInFolder(environment: environment)
        let client = try await profile.client(keys: folder.keys, makesKey: true, runtime: runtime)
        let result = arguments.has(.device) ? try await signInByDevice(client) : try await signIn(client, port)
        let session: UserSession
        do {
            session = try await client.session(for: result, in: folder.store, id: profileName)
        } catch {
            // Nobody will have these tokens: they are given back.
            _ = try? await client.session(for: result, in: MemoryTokenStore(), id: profileName).signOut()
            throw error
        }
        do {
            try await profile.save(profileName, in: folder.store)
        } catch {
            // Without it, nobody would find the session.
            _ = await session.signOut()
            throw error
        }
        let name = session.claims.name() ?? session.claims.text("email") ?? session.subject
        output("Signed in\(name.isEmpty ? "" : " as \(printable(name))") at \(profile.issuer)\n")
        if !session.hasRefreshToken {
            errors("There is no refresh token, so this lasts as long as the access token; ask for 'offline_access'.\n")
        }
        return .success
    }

    nonisolated(nonsending) func token() async throws -> ExitCode {
        guard let session = try await session() else { return notSignedIn() }
        let token = try await session.accessToken(
            scopes: arguments.all(.scope).flatMap { $0.split(separator: " ").map(String.init) },
            resources: arguments.all(.resource),
            renew: arguments.has(.renew)
        )
        if arguments.has(.print) {
            output("\(token.value)\n")
        } else {
            output("type: \(token.type)\n")
            if let left = session.tokenStatus?.remaining { output("left: \(left.components.seconds) s\n") }
            output("scopes: \(session.grantedScopes.map(printable).joined(separator: " "))\n")
            output("renewable: \(session.hasRefreshToken ? "yes" : "no")\n")
            let use = "; it is bound to a DPoP key, so that curl has no use for it: each request needs a proof"
            output("The token itself: countersign token --print\(token.type == .dpop ? use : "")\n")
        }
        return .success
    }

    nonisolated(nonsending) func signOut() async throws -> ExitCode {
        let folder = try SignInFolder(environment: environment)
        let found: (client: OIDCClient, session: UserSession)?
        do {
            found = try await session(in: folder)
        } catch {
            // What cannot be read cannot be revoked; it is forgotten all the same.
            try await folder.store.remove(SignInProfile.entryName(profileName), version: nil)
            try await UserSession.remove(id: profileName, from: folder.store)
            errors("countersign: forgotten, but nothing was revoked: \(error)\n")
            return .failure
        }
        guard let (client, session) = found else { return notSignedIn() }
        let result = await session.signOut(revoking: arguments.has(.noRevocation) ? .nothing : .refreshToken)
        var exitCode = ExitCode.success
        switch result.revocation {
        case .done: output("The refresh token is revoked.\n")
        case .notAsked: break
        case .notOffered:
            output("The authorization server offers no revocation: a token lives until its time is over.\n")
        case .failed(let error):
            errors("countersign: the refresh token was not revoked: \(error)\n")
            exitCode = error.isTransient ? .unavailable : .refused
        }
        if let error = result.storeError {
            // The profile stays, or a second sign-out would find nobody.
            errors("countersign: still signed in on this machine, for the session is still stored: \(error)\n")
            return .failure
        }
        try await SignInProfile.remove(profileName, from: folder.store)
        output("Signed out.\n")
        // Without the ID token: a terminal's history is no place for it.
        if let url = try? await client.endSessionURL() {
            output("To sign out in the browser, too: \(printable(url))\n")
        }
        return exitCode
    }

    // MARK: Signing in

    private nonisolated(nonsending) func signIn(_ client: OIDCClient, _ port: UInt16) async throws -> SignInResult {
        let receiver = try RedirectReceiver(path: arguments[.path] ?? "/callback", port: port)
        return try await client.signIn(redirectURI: receiver.redirectURI) { url in
            if arguments.has(.noBrowser) || !openBrowser(url) {
                errors("Open this page in a browser of this machine:\n\n    \(url)\n\n")
            } else {
                errors("The browser shows the sign-in page; waiting for it to come back.\n")
            }
        } callback: { transaction in
            .query(try await receiver.callback { transaction.matches( .query($0)) })
        }
    }

    private nonisolated(nonsending) func signInByDevice(_ client: OIDCClient) async throws -> SignInResult {
        let authorization = try await client.deviceAuthorization()
        errors(
            """
            On any device, open   \(printable(authorization.verificationURI))
            and enter the code    \(printable(authorization.userCode))

            Waiting, for \(authorization.lifetime.components.seconds / 60) minutes at most.

            """
        )
        return try await client.complete(authorization)
    }

    private func port() throws(UsageProblem) -> UInt16 {
        guard let text = arguments[.port] else { return 0 }
        guard let port = UInt16(text) else { throw UsageProblem("'\(text)' is not a port number", .signIn) }
        return port
    }

    // MARK: What is kept

    private nonisolated(nonsending) func session() async throws -> UserSession? {
        try await session(in: SignInFolder(environment: environment))?.session
    }

    private nonisolated(nonsending) func session(
        in folder: SignInFolder
    ) async throws -> (client: OIDCClient, session: UserSession)? {
        guard let profile = try await SignInProfile.load(profileName, from: folder.store) else { return nil }
        let client = try await profile.client(keys: folder.keys, makesKey: false, runtime: runtime)
        return try await client.session(id: profileName, in: folder.store).map { (client, $0) }
    }

    private func notSignedIn() -> ExitCode {
        errors("countersign: nobody is signed in as '\(profileName)'; see 'countersign sign-in --help'\n")
        return .notSignedIn
    }

    /// A server's words, without what would make a terminal do something.
    private func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.filter {
                $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
            }.map(Character.init)
        )
    }
}

extension ExitCode {
    /// What a failed sign-in, or a token that could not be had, means for who called.
    init(_ error: any Error) {
        switch error {
        case let error as SignInError:
            self = error.isTransient ? .unavailable : error.kind == .configuration ? .failure : .refused
        case let error as TokenError:
            switch error.kind {
            case .sessionEnded, .notSignedIn, .outcomeUnknown: self = .notSignedIn
            case .configuration: self = .failure
            case .storage: self = .failure
            default: self = error.isTransient ? .unavailable : .refused
            }
        default:
            self = .failure
        }
    }
}
