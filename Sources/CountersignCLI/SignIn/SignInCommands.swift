import Countersign
import CountersignGenerator
import CountersignLoopback
import CountersignOIDC
import CountersignSchema

/// The commands `sign-in`, `token` and `sign-out`.
struct SignInCommands {
    let arguments: CommandLineArguments
    let environment: [String: String]
    let runtime: CountersignRuntime
    /// Opens a URL in a browser; returns false if there is none.
    let openBrowser: (String) -> Bool
    let output: (String) -> Void
    let errors: (String) -> Void

    private var profileName: String { arguments[.profile] ?? "default" }

    nonisolated(nonsending) func signIn() async throws -> ExitCode {
        let profile = try SignInProfile(arguments)
        let port = try port()
        let storage = try SignInStorage(environment: environment)
        let client = try await profile.client(keys: storage.keys, createsKey: true, runtime: runtime)
        let result = arguments.has(.device) ? try await signInOnDevice(client) : try await signIn(client, port)
        let session: UserSession
        do {
            session = try await client.session(for: result, in: storage.store, id: profileName)
        } catch {
            // The tokens are not stored anywhere, so revoke them.
            _ = try? await client.session(for: result, in: MemoryTokenStore(), id: profileName).signOut()
            throw error
        }
        do {
            try await profile.save(profileName, in: storage.store)
        } catch {
            // Without its profile, the session would never be found again.
            _ = await session.signOut()
            throw error
        }
        let name = session.claims.name ?? session.claims.text("email") ?? session.subject
        output("Signed in\(name.isEmpty ? "" : " as \(printable(name))") at \(profile.issuer)\n")
        if !session.hasRefreshToken {
            let advice =
                profile.scopes.contains("offline_access")
                ? "The server did not return one for 'offline_access'; try '--prompt consent'."
                : "Request 'offline_access'."
            errors("There is no refresh token: the session ends with its access token. \(advice)\n")
        }
        return .success
    }

    nonisolated(nonsending) func token() async throws -> ExitCode {
        guard let session = try await session() else { return notSignedIn() }
        let token = try await session.accessToken(
            scopes: arguments.all(.scope).flatMap { $0.split(separator: " ").map(String.init) },
            resources: arguments.all(.resource),
            forceRenewal: arguments.has(.renew)
        )
        if arguments.has(.print) {
            output("\(token.value)\n")
        } else {
            output("type: \(token.type)\n")
            if let expiresIn = session.tokenStatus?.expiresIn {
                output("expires in: \(expiresIn.components.seconds) s\n")
            }
            output("scopes: \(session.grantedScopes.map(printable).joined(separator: " "))\n")
            output("renewable: \(session.hasRefreshToken ? "yes" : "no")\n")
            let note = " (curl cannot use it, because each request also needs a proof by its DPoP key)"
            output("To print the token: countersign token --print\(token.type == .dpop ? note : "")\n")
        }
        // The token may be due for renewal, and its refresh under way.
        let shutdown = await session.shutdown()
        if !shutdown.isComplete { errors("countersign: \(shutdown)\n") }
        return .success
    }

    nonisolated(nonsending) func signOut() async throws -> ExitCode {
        let storage = try SignInStorage(environment: environment)
        let found: (client: OIDCClient, session: UserSession)?
        do {
            found = try await session(in: storage)
        } catch {
            // Tokens that cannot be read cannot be revoked, but the sign-in can be removed.
            try await storage.store.remove(SignInProfile.entryName(profileName), version: nil)
            try await UserSession.remove(id: profileName, from: storage.store)
            errors("countersign: the sign-in is removed, but its tokens were not revoked: \(error)\n")
            return .failure
        }
        guard let (client, session) = found else { return notSignedIn() }
        let token = session.hasRefreshToken ? "refresh token" : "access token"
        let result = await session.signOut(revoking: arguments.has(.noRevocation) ? .nothing : .refreshToken)
        var exitCode = ExitCode.success
        switch result.revocation {
        case .revoked: output("The \(token) is revoked.\n")
        case .notRequested: break
        case .notSupported:
            output("The authorization server does not support revocation: the tokens are valid until they expire.\n")
        case .failed(let error):
            errors("countersign: the \(token) was not revoked: \(error)\n")
            exitCode = error.isTransient ? .unavailable : .rejected
        }
        if let error = result.storeError {
            // The profile is kept, so that a second sign-out finds the session.
            errors("countersign: still signed in: the stored session could not be removed: \(error)\n")
            return .failure
        }
        try await SignInProfile.remove(profileName, from: storage.store)
        output("Signed out.\n")
        // Without the ID token as a hint, which should not end up in the history of a terminal.
        if let url = try? await client.endSessionURL() {
            output("To also sign out in the browser, open: \(printable(url))\n")
        }
        return exitCode
    }

    // MARK: Signing in

    private nonisolated(nonsending) func signIn(_ client: OIDCClient, _ port: UInt16) async throws -> SignInResult {
        let receiver = try RedirectReceiver(path: arguments[.path] ?? "/callback", port: port)
        return try await client.signIn(redirectURI: receiver.redirectURI) { url in
            if arguments.has(.noBrowser) || !openBrowser(url) {
                errors("Open this page in a browser on this machine:\n\n    \(url)\n\n")
            } else {
                errors("The sign-in page is open in the browser; waiting for the redirect.\n")
            }
        } callback: { transaction in
            .query(try await receiver.callback { transaction.matches(.query($0)) })
        }
    }

    private nonisolated(nonsending) func signInOnDevice(_ client: OIDCClient) async throws -> SignInResult {
        let authorization = try await client.deviceAuthorization()
        errors(
            """
            On any device, open   \(printable(authorization.verificationURI))
            and enter the code    \(printable(authorization.userCode))

            Waiting for at most \(authorization.expiresIn.components.seconds / 60) minutes.

            """
        )
        return try await client.complete(authorization)
    }

    private func port() throws(UsageError) -> UInt16 {
        guard let text = arguments[.port] else { return 0 }
        guard let port = UInt16(text) else { throw UsageError("invalid port number '\(text)'", .signIn) }
        return port
    }

    // MARK: Stored sign-ins

    private nonisolated(nonsending) func session() async throws -> UserSession? {
        try await session(in: SignInStorage(environment: environment))?.session
    }

    private nonisolated(nonsending) func session(
        in storage: SignInStorage
    ) async throws -> (client: OIDCClient, session: UserSession)? {
        guard let profile = try await SignInProfile.load(profileName, from: storage.store) else { return nil }
        let client = try await profile.client(keys: storage.keys, createsKey: false, runtime: runtime)
        return try await client.session(id: profileName, in: storage.store).map { (client, $0) }
    }

    private func notSignedIn() -> ExitCode {
        errors("countersign: no user is signed in with profile '\(profileName)'; see 'countersign sign-in --help'\n")
        return .notSignedIn
    }

    /// Returns a server's text without the control characters that a terminal would act on.
    private func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.filter {
                $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
            }.map(Character.init)
        )
    }
}

extension ExitCode {
    /// Creates the exit code for an error of a sign-in or of a token request.
    init(_ error: any Error) {
        switch error {
        case let error as SignInError:
            self = error.isTransient ? .unavailable : error.kind == .configuration ? .failure : .rejected
        case let error as TokenError:
            switch error.kind {
            case .sessionEnded, .notSignedIn: self = .notSignedIn
            case .configuration: self = .failure
            case .storage: self = .failure
            default: self = error.isTransient ? .unavailable : .rejected
            }
        default:
            self = .failure
        }
    }
}
