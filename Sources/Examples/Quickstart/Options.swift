import Countersign
import ExampleServers

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The options on the command line.
struct Options {
    enum Task {
        case help
        case serve
        case callEmbedded
        case call(CatalogConfiguration)
    }

    struct UsageError: Error {
        let text: String
    }

    static let help = """
        Usage: Quickstart [--serve | --issuer URL --api URL --client-id ID]

        Without options, Quickstart starts an authorization server and a catalog API on 127.0.0.1 and calls the API.

          --serve            start the servers only, and print a command that calls them
          --issuer URL       use the authorization server with this issuer identifier
          --api URL          call a catalog API at this URL (see Schemas/Quickstart/Catalog.client.yaml)
          --client-id ID     the client ID; the client secret is in the environment variable QUICKSTART_SECRET
        """

    let task: Task

    init(_ arguments: ArraySlice<String>) throws {
        var values: [String: String] = [:]
        var rest = arguments
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h":
                task = .help
                return
            case "--serve":
                task = .serve
                return
            case "--issuer", "--api", "--client-id":
                guard let value = rest.popFirst() else { throw UsageError(text: "\(argument) requires a value") }
                values[argument] = value
            default:
                throw UsageError(text: "unknown option '\(argument)'")
            }
        }
        if values.isEmpty {
            task = .callEmbedded
            return
        }
        guard let issuer = values["--issuer"], let api = values["--api"], let id = values["--client-id"] else {
            throw UsageError(text: "--issuer, --api and --client-id must be used together")
        }
        let secret = SecretValue.environment("QUICKSTART_SECRET")
        task = .call(CatalogConfiguration(issuer: issuer, api: api, clientID: id, secret: secret))
    }
}

func exitWithFailure() -> Never {
    exit(1)
}
