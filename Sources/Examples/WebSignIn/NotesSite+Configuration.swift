import Countersign
import CountersignOIDC

extension NotesSite {
    /// Creates the site at an origin, with an authorization server and an API.
    init(at origin: HTTP.Origin, _ servers: Options.Servers, secret: SecretValue?) async {
        var signIn = NotesAPI.userSignIn
        signIn.issuer = servers.issuer
        if servers.api == nil { signIn.scopes = ProfileAPI.userSignIn.scopes }
        if let scopes = servers.scopes { signIn.scopes = scopes }
        if !servers.usesDPoP { signIn.dpop = nil }
        signIn.redirectURI = "\(origin)/callback"
        signIn.postLogoutRedirectURI = "\(origin)/signed-out"
        let credentials = secret.map { ClientCredentials.secret(id: servers.clientID, $0) }
        var connections = CurlTransport.Configuration()
        connections.proxy = servers.proxy
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = CurlTransport(connections)
        runtime = CountersignRuntime(configuration)
        let client = OIDCClient(
            signIn,
            credentials: credentials ?? .publicClient(id: servers.clientID),
            runtime: runtime
        )
        sessions = BrowserSessions(client, store: MemoryTokenStore())
        events = EventLog()
        notesServer = servers.api
        // The schema declares the operation; its server is known only from the metadata.
        let userInfo = (try? await client.metadata())?.userInfoEndpoint
        profileServer = userInfo.map { $0.hasSuffix("/userinfo") ? String($0.dropLast(9)) : $0 } ?? servers.issuer
    }
}
