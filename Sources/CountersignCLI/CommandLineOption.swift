/// An option that a command understands.
struct CommandLineOption {
    var name: String
    /// One letter, where it has a short form.
    var letter: String?
    /// What has to follow: "a file"; nil for a switch.
    var value: String?
    /// Whether it may stand more than once.
    var repeats = false

    static let output = CommandLineOption(name: "--output", letter: "-o", value: "a file")
    static let profile = CommandLineOption(name: "--profile", value: "a name")
    static let schema = CommandLineOption(name: "--schema", value: "a file")
    static let scheme = CommandLineOption(name: "--scheme", value: "a name")
    static let issuer = CommandLineOption(name: "--issuer", value: "a URL")
    static let clientID = CommandLineOption(name: "--client-id", value: "an identifier")
    static let secretVariable = CommandLineOption(name: "--client-secret-variable", value: "an environment variable")
    static let scope = CommandLineOption(name: "--scope", value: "a scope", repeats: true)
    static let resource = CommandLineOption(name: "--resource", value: "a URI", repeats: true)
    static let dpop = CommandLineOption(name: "--dpop")
    static let device = CommandLineOption(name: "--device")
    static let noBrowser = CommandLineOption(name: "--no-browser")
    static let port = CommandLineOption(name: "--port", value: "a port number")
    static let path = CommandLineOption(name: "--path", value: "a path")
    static let print = CommandLineOption(name: "--print")
    static let renew = CommandLineOption(name: "--renew")
    static let noRevocation = CommandLineOption(name: "--no-revocation")
}

extension Command {
    /// What it understands, `--help` apart.
    var options: [CommandLineOption] {
        switch self {
        case .schema: [.output]
        case .validate: []
        case .signIn:
            [
                .profile, .schema, .scheme, .issuer, .clientID, .secretVariable, .scope, .resource, .dpop, .device,
                .noBrowser, .port, .path,
            ]
        case .signOut: [.profile, .noRevocation]
        case .token: [.profile, .print, .renew, .scope, .resource]
        }
    }
}
