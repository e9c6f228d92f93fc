/// What the tool can do.
enum Command: String, CaseIterable {
    case schema, validate
    case signIn = "sign-in"
    case token
    case signOut = "sign-out"

    /// One line for the list of commands.
    var summary: String {
        switch self {
        case .schema: "Write the JSON Schema of schema files, for editors"
        case .validate: "Report what is wrong with schema files"
        case .signIn: "Sign in at an authorization server, with a browser or another device"
        case .token: "Renew the access token if need be, and show what is known of it"
        case .signOut: "Revoke the tokens and forget them"
        }
    }

    var usage: String {
        switch self {
        case .schema: "countersign schema [--output <file>]"
        case .validate: "countersign validate <file>..."
        case .signIn: "countersign sign-in (--schema <file> | --issuer <URL>) [--client-id <id>] [<options>]"
        case .token: "countersign token [--print] [<options>]"
        case .signOut: "countersign sign-out [<options>]"
        }
    }

    /// What `--help` says of the command.
    var help: String { "usage: \(usage)\n\n\(explanation)\n" }

    private var explanation: String {
        switch self {
        case .schema:
            """
            Writes the JSON Schema of the schema language to the standard output. Editors complete and check schema
            files by it; those that use yaml-language-server find it by a first line in the file:

                # yaml-language-server: $schema=client.schema.json

            Options:
                -o, --output <file>   Write to this file, which is replaced as a whole

            """
        case .validate:
            """
            Reads schema files as a build does, and reports every error and warning as compilers do, on the standard
            error: path:line:column: error: message. Files that end in '.json' are read as JSON, others as YAML.

            """
        case .signIn:
            """
            Opens the authorization server's page in the system's browser and waits on a port of this machine for it to
            come back (RFC 8252); with --device it shows a code to enter on any other device (RFC 8628). What it gets is
            kept for 'countersign token', sealed.

            Options:
                --schema <file>       Take issuer, client, scopes and DPoP from a schema's scheme of users
                --scheme <name>       Which one, where the schema has several
                --issuer <URL>        The authorization server
                --client-id <id>      The client that is registered there for this program
                --client-secret-variable <name>
                                      The environment variable that holds the client's secret, if it has one
                --scope <scope>       What to ask the user for; may be repeated. Default: openid offline_access
                --resource <URI>      What the tokens are for (RFC 8707); may be repeated
                --dpop                Bind the tokens to a key of this machine (RFC 9449)
                --device              Sign in with another device
                --no-browser          Only show the page's URL
                --port <number>       The port of the redirect URI, for servers that insist on one
                --path <path>         The path of the redirect URI. Default: /callback
            \(Self.folders)
            """
        case .token:
            """
            Renews the access token when its time is nearly over, and says what is known of it. The token itself is
            written only when it is asked for outright, to the standard output.

            Options:
                --print               Write the access token; one that is bound to a DPoP key is of no use to
                                      curl, since each request needs a proof by the key
                --renew               Get a new one in any case
                --scope <scope>       Demand that this scope was granted; may be repeated
                --resource <URI>      A token for this resource (RFC 8707)
            \(Self.folders)
            """
        case .signOut:
            """
            Revokes the refresh token (RFC 7009), and forgets everything about the sign-in whether that works or not. Either
            failure is told, and has an exit code of its own: 2 when the sign-in is still stored, 4 or 5 when the refresh
            token was not revoked.

            Options:
                --no-revocation       Only forget
            \(Self.folders)
            """
        }
    }

    private static let folders = """
            --profile <name>      Which sign-in, where there are several. Default: default

        Sign-ins are kept in $XDG_STATE_HOME/countersign or ~/.local/state/countersign, sealed with the key in
        $COUNTERSIGN_STORE_KEY (32 bytes in base64), or else with one that is made in
        $XDG_CONFIG_HOME/countersign/store-key or ~/.config/countersign/store-key. Where $COUNTERSIGN_HOME is set, all
        of it stands there instead.

        """

    static let overview = """
        usage: countersign <command> [<arguments>]

        Commands:
        \(allCases.map { "    \($0.rawValue.padded(to: 11))\($0.summary)\n" }.joined())
        'countersign <command> --help' says more about a command.

        """

    static let exitCodes = """

        Exit codes:
            0   all is well; there may be warnings
            1   a schema has an error
            2   the command line is wrong, or a file cannot be read or written
            3   nobody is signed in, or not any more: sign in
            4   the authorization server, or the user, refused
            5   a server could not be reached, or failed: the same may work later

        """
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
