/// An option of a command.
struct CommandLineOption {
    var name: String
    /// The short form, for example `-o`.
    var letter: String?
    /// The value that the option requires, with an article: "a file"; nil for a flag.
    var valueName: String?
    /// True if the option may occur more than once.
    var isRepeatable = false

    static let output = CommandLineOption(name: "--output", letter: "-o", valueName: "a file")
    static let profile = CommandLineOption(name: "--profile", valueName: "a name")
    static let schema = CommandLineOption(name: "--schema", valueName: "a file")
    static let scheme = CommandLineOption(name: "--scheme", valueName: "a name")
    static let issuer = CommandLineOption(name: "--issuer", valueName: "a URL")
    static let clientID = CommandLineOption(name: "--client-id", valueName: "an identifier")
    static let secretVariable = CommandLineOption(
        name: "--client-secret-variable",
        valueName: "an environment variable"
    )
    static let scope = CommandLineOption(name: "--scope", valueName: "a scope", isRepeatable: true)
    static let resource = CommandLineOption(name: "--resource", valueName: "a URI", isRepeatable: true)
    static let prompt = CommandLineOption(name: "--prompt", valueName: "a prompt", isRepeatable: true)
    static let dpop = CommandLineOption(name: "--dpop")
    static let device = CommandLineOption(name: "--device")
    static let noBrowser = CommandLineOption(name: "--no-browser")
    static let port = CommandLineOption(name: "--port", valueName: "a port number")
    static let path = CommandLineOption(name: "--path", valueName: "a path")
    static let print = CommandLineOption(name: "--print")
    static let renew = CommandLineOption(name: "--renew")
    static let noRevocation = CommandLineOption(name: "--no-revocation")
}

extension Command {
    /// The options of the command, except `--help`.
    var options: [CommandLineOption] {
        switch self {
        case .schema: [.output]
        case .validate: []
        case .signIn:
            [
                .profile, .schema, .scheme, .issuer, .clientID, .secretVariable, .scope, .resource, .prompt, .dpop,
                .device, .noBrowser, .port, .path,
            ]
        case .signOut: [.profile, .noRevocation]
        case .token: [.profile, .print, .renew, .scope, .resource]
        }
    }
}
