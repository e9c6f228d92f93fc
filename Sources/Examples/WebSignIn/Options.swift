import Countersign

/// What the command line asks for.
struct Options {
    /// The servers to work with instead of the embedded ones.
    struct Servers {
        var issuer: String
        var clientID: String
        /// The environment variable with the client's secret; nil for a public client.
        var secretVariable: String?
        /// Where the notes are; nil for a site without them.
        var api: String?
        /// What users are asked for; nil for what the schemas say.
        var scopes: [String]?
        var usesDPoP = true
        /// What stands between here and there.
        var proxy = CurlTransport.Proxy.none
    }

    struct Mistake: Error {
        let text: String
    }

    static let help = """
        Usage: WebSignIn [--port N] [--token-lifetime SECONDS]
               WebSignIn --issuer URL --client-id ID [--client-secret-variable NAME] [--api URL]
                      [--scopes LIST] [--no-dpop] [--proxy ORIGIN]
               WebSignIn --check

        A web application whose users sign in: it calls APIs for them, and their browsers never see a token. It serves on
        http://127.0.0.1 until it is interrupted.

          (nothing)              with an authorization server and an API of its own, on loopback: nothing to set up
          --port N               at this port; 8080 unless another is given, 0 takes any free one
          --token-lifetime N     access tokens of its own authorization server live for N seconds; 60 otherwise
          --check                go through all pages without a browser, and end; with failure when one is not as it should be

        With an authorization server of yours:

          --issuer URL           its issuer identifier: everything else is discovered
          --client-id ID         the client that is registered there, with the redirect URI http://127.0.0.1:PORT/callback
                                 and the post-logout redirect URI http://127.0.0.1:PORT/signed-out
          --client-secret-variable NAME
                                 the environment variable with its secret; without one it is a public client
          --api URL              a notes API at this address (its operations: Schemas/WebSignIn/Notes.client.yaml); without
                                 one the site has no notes
          --scopes LIST          what to ask users for, separated by spaces, instead of what the schemas say
          --no-dpop              bearer tokens, for servers that do not bind tokens to keys (RFC 9449)
          --proxy ORIGIN         reach the servers through this proxy
        """

    var showsHelp = false
    var checks = false
    var port: UInt16?
    var tokenLifetime = Duration.seconds(60)
    var servers: Servers?

    init(_ arguments: ArraySlice<String>) throws(Mistake) {
        var values: [String: String] = [:]
        var flags: Set<String> = []
        var rest = arguments
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h", "--check", "--no-dpop":
                flags.insert(argument)
            case "--port", "--token-lifetime", "--issuer", "--client-id", "--client-secret-variable", "--api",
                "--scopes", "--proxy":
                guard let value = rest.popFirst() else { throw Mistake(text: "\(argument) needs a value.") }
                values[argument] = value
            default:
                throw Mistake(text: "'\(argument)' is not an option.")
            }
        }
        showsHelp = flags.contains("--help") || flags.contains("-h")
        checks = flags.contains("--check")
        if let text = values["--port"] {
            guard let number = UInt16(text) else { throw Mistake(text: "'\(text)' is not a port.") }
            port = number
        }
        if let text = values["--token-lifetime"] {
            guard let seconds = Int(text), 1...86400 ~= seconds else {
                throw Mistake(text: "'\(text)' is not a number of seconds between 1 and 86400.")
            }
            tokenLifetime = .seconds(seconds)
        }
        servers = try Self.servers(values, flags)
    }

    private static func servers(_ values: [String: String], _ flags: Set<String>) throws(Mistake) -> Servers? {
        let further = ["--client-secret-variable", "--api", "--scopes", "--proxy"].first { values[$0] != nil }
        switch (values["--issuer"], values["--client-id"]) {
        case (let issuer?, let clientID?):
            guard values["--token-lifetime"] == nil, !flags.contains("--check") else {
                throw Mistake(text: "--token-lifetime and --check are for the embedded servers.")
            }
            var proxy = CurlTransport.Proxy.none
            if let text = values["--proxy"] {
                guard let origin = try? HTTP.Origin(text) else { throw Mistake(text: "'\(text)' is not an origin.") }
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
            if let further { throw Mistake(text: "\(further) needs --issuer and --client-id.") }
            if flags.contains("--no-dpop") { throw Mistake(text: "--no-dpop needs --issuer and --client-id.") }
            return nil
        default:
            throw Mistake(text: "--issuer and --client-id belong together.")
        }
    }
}
