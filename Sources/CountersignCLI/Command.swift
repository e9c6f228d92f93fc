/// The commands of the tool.
enum Command: String, CaseIterable {
    case schema, validate
    case signIn = "sign-in"
    case token
    case signOut = "sign-out"

    /// The line in the list of commands.
    var summary: String {
        switch self {
        case .schema: "Write the JSON Schema of schema files, for editors"
        case .validate: "Report the errors and warnings in schema files"
        case .signIn: "Sign in with a browser or another device"
        case .token: "Show the state of the access token, renewing it if necessary"
        case .signOut: "Revoke the tokens and remove the sign-in from this machine"
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

    /// The text of `--help` for the command.
    var help: String { "usage: \(usage)\n\n\(explanation)\n" }

    private var explanation: String {
        switch self {
        case .schema:
            """
            Writes the JSON Schema of the schema language to the standard output. Editors use it to complete and check
            schema files. With yaml-language-server, put this line at the start of a schema file:

                # yaml-language-server: $schema=client.schema.json

            Options:
                -o, --output <file>   Write to this file instead; an existing file is replaced

            """
        case .validate:
            """
            Reads schema files as a build does, and writes errors and warnings in the format of compilers to the standard
            error: path:line:column: error: message. For a valid file, it writes a line to the standard output. Files that
            end in '.json' are read as JSON, others as YAML.

            """
        case .signIn:
            """
            Opens the authorization server's page in the system's browser and receives the redirect on a loopback port
            (RFC 8252). With --device, it shows a code to enter on another device instead (RFC 8628). The tokens are
            stored encrypted for 'countersign token'.

            Options:
                --schema <file>       Use issuer, client, scopes and DPoP from a scheme for users in this schema
                --scheme <name>       The scheme to use, if the schema has several
                --issuer <URL>        The authorization server
                --client-id <id>      The client identifier that is registered for this program
                --client-secret-variable <name>
                                      The environment variable with the client secret, if the client has one
                --scope <scope>       A scope to request; may be repeated. Default: openid offline_access
                --resource <URI>      A resource indicator for the tokens (RFC 8707); may be repeated
                --prompt <prompt>     What the page must show, such as login or consent; may be repeated. Many servers
                                      return a refresh token only with consent
                --dpop                Bind the tokens to a key of this machine (RFC 9449)
                --device              Sign in on another device
                --no-browser          Print the URL of the page instead of opening it
                --port <number>       The port of the redirect URI, for servers that require a fixed one
                --path <path>         The path of the redirect URI. Default: /callback
            \(Self.storage)
            """
        case .token:
            """
            Renews the access token if it is about to expire, and shows its state. The token itself is only written with
            --print, to the standard output.

            Options:
                --print               Write the access token. Each request with a DPoP token also needs a proof by its
                                      key, so curl cannot use such a token
                --renew               Renew the token even if it has not expired
                --scope <scope>       Fail unless this scope was granted; may be repeated
                --resource <URI>      Request a token for this resource (RFC 8707); may be repeated
            \(Self.storage)
            """
        case .signOut:
            """
            Revokes the refresh token (RFC 7009), and removes the sign-in from this machine even if the revocation fails.
            The exit code is 2 if the sign-in could not be removed, and 4 or 5 if the token was not revoked.

            Options:
                --no-revocation       Only remove the sign-in from this machine
            \(Self.storage)
            """
        }
    }

    private static let storage = """
            --profile <name>      The sign-in to use, if there are several. Default: default

        Sign-ins are stored in $XDG_STATE_HOME/countersign or ~/.local/state/countersign. They are encrypted with the key
        in $COUNTERSIGN_STORE_KEY (32 bytes in base64), or else with a key that is created in
        $XDG_CONFIG_HOME/countersign/store-key or ~/.config/countersign/store-key. If $COUNTERSIGN_HOME is set, all of
        these files are in that directory.

        """

    static let overview = """
        usage: countersign <command> [<arguments>]

        Commands:
        \(allCases.map { "    \($0.rawValue.padded(to: 11))\($0.summary)\n" }.joined())
        Run 'countersign <command> --help' for more about a command.

        """

    static let exitCodes = """

        Exit codes:
            0   success, possibly with warnings
            1   a schema has an error
            2   the command line is invalid, or a file cannot be read or written
            3   no user is signed in, or the session has ended: sign in again
            4   the user or the authorization server rejected the request
            5   a server could not be reached, or failed: a retry may succeed

        """
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
