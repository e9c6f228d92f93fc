import Countersign

/// The options on the command line.
struct Options {
    /// Servers that replace the embedded ones.
    struct Servers {
        var issuer: String
        var clientID: String
        /// The environment variable with the client secret; nil for a public client.
        var secretVariable: String?
        /// The base URL of the notes API; nil for a site without notes.
        var api: String?
        /// The requested scopes; nil for those of the schemas.
        var scopes: [String]?
        var usesDPoP = true
        var proxy = CurlTransport.Proxy.none
    }

    struct UsageError: Error {
        let text: String
    }

    static let help = """
        Usage: WebSignIn [--port N] [--origin ORIGIN] [--token-lifetime SECONDS]
               WebSignIn --issuer URL --client-id ID [--client-secret-variable NAME] [--api URL]
                         [--port N] [--origin ORIGIN] [--scopes LIST] [--no-dpop] [--proxy ORIGIN]
               WebSignIn --check

        A web application with signed-in users. It calls APIs for them; browsers never get a token. It runs at
        http://127.0.0.1:8080 until SIGTERM or ^C. Without --issuer, it starts an authorization server and an API too.

          --port N               the port; 0 chooses a free one (default: 8080)
          --origin ORIGIN        the address in the browser, if a proxy with TLS on this machine forwards to the port, for
                                 example https://notes.example.com; the proxy must set 'Host: 127.0.0.1:PORT'
          --token-lifetime N     the lifetime of access tokens of the embedded server, in seconds (default: 60)
          --check                test all pages without a browser and exit, with status 1 if a test fails

        Options for your own authorization server:

          --issuer URL           the issuer identifier; the endpoints are discovered
          --client-id ID         a client that is registered with the redirect URI http://127.0.0.1:PORT/callback
                                 and the post-logout redirect URI http://127.0.0.1:PORT/signed-out, or those of the
                                 --origin
          --client-secret-variable NAME
                                 the environment variable with the client secret; without it the client is public
          --api URL              the URL of a notes API (see Schemas/WebSignIn/Notes.client.yaml); without it the site has
                                 no notes
          --scopes LIST          the requested scopes, separated by spaces, instead of those in the schemas
          --no-dpop              use bearer tokens, for servers without DPoP (RFC 9449)
          --proxy ORIGIN         connect to the servers through this proxy
        """

    var showsHelp = false
    var checks = false
    var port: UInt16?
    /// The origin of the site in browsers; nil for the address that the program listens at.
    var origin: HTTP.Origin?
    var tokenLifetime = Duration.seconds(60)
    var servers: Servers?

    init(_ arguments: ArraySlice<String>) throws(UsageError) {
        var values: [String: String] = [:]
        var flags: Set<String> = []
        var rest = arguments
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h", "--check", "--no-dpop":
                flags.insert(argument)
            case "--port", "--origin", "--token-lifetime", "--issuer", "--client-id", "--client-secret-variable",
                "--api",
                "--scopes", "--proxy":
                guard let value = rest.popFirst() else { throw UsageError(text: "\(argument) requires a value") }
                values[argument] = value
            default:
                throw UsageError(text: "unknown option '\(argument)'")
            }
        }
        showsHelp = flags.contains("--help") || flags.contains("-h")
        checks = flags.contains("--check")
        if let text = values["--port"] {
            guard let number = UInt16(text) else { throw UsageError(text: "invalid port '\(text)'") }
            port = number
        }
        if let text = values["--origin"] {
            guard let origin = try? HTTP.Origin(text) else { throw UsageError(text: "invalid origin '\(text)'") }
            self.origin = origin
        }
        if let text = values["--token-lifetime"] {
            guard let seconds = Int(text), 1...86400 ~= seconds else {
                throw UsageError(text: "invalid token lifetime '\(text)': expected 1 to 86400 seconds")
            }
            tokenLifetime = .seconds(seconds)
        }
        servers = try Self.servers(values, flags)
    }

    private static func servers(_ values: [String: String], _ flags: Set<String>) throws(UsageError) -> Servers? {
        let option = ["--client-secret-variable", "--api", "--scopes", "--proxy"].first { values[$0] != nil }
        switch (values["--issuer"], values["--client-id"]) {
        case (let issuer?, let clientID?):
            guard values["--token-lifetime"] == nil, !flags.contains("--check") else {
                throw UsageError(text: "--token-lifetime and --check require the embedded servers")
            }
            var proxy = CurlTransport.Proxy.none
            if let text = values["--proxy"] {
                guard let origin = try? HTTP.Origin(text) else { throw UsageError(text: "invalid proxy '\(text)'") }
                proxy = .server(origin)
            }
            return Servers(
                issuer: issuer,
                clientID: clientID,
                secretVariable: values["--client-secret-variable"],
                api: values["--api"],
                scopes: values["--scopes"]?.split(separator: " ").map(String.init),
                usesDPoP: !flags.contains("--no-dpop"),
                proxy: proxy
            )
        case (nil, nil):
            if let option { throw UsageError(text: "\(option) requires --issuer and --client-id") }
            if flags.contains("--no-dpop") { throw UsageError(text: "--no-dpop requires --issuer and --client-id") }
            return nil
        default:
            throw UsageError(text: "--issuer and --client-id must be used together")
        }
    }
}
