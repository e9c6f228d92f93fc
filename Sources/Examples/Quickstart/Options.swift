import Countersign
import ExampleServers

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the command line asks for.
struct Options {
    enum Task {
        case help
        case serve
        case callEmbedded
        case call(CatalogTarget)
    }

    struct Mistake: Error {
        let text: String
    }

    static let help = """
        Usage: Quickstart [--serve | --issuer URL --api URL --client-id ID]

          (nothing)          start an authorization server and an API on loopback, and call the API
          --serve            only start them, and say how to call them
          --issuer URL       call with tokens of this authorization server …
          --api URL          … a catalogue API at this address (its operations: Schemas/Quickstart/Catalog.client.yaml)
          --client-id ID     … as this client; its secret is read from the environment variable QUICKSTART_SECRET
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
                guard let value = rest.popFirst() else { throw Mistake(text: "\(argument) needs a value.") }
                values[argument] = value
            default:
                throw Mistake(text: "'\(argument)' is not an option.")
            }
        }
        if values.isEmpty {
            task = .callEmbedded
            return
        }
        guard let issuer = values["--issuer"], let api = values["--api"], let id = values["--client-id"] else {
            throw Mistake(text: "--issuer, --api and --client-id belong together.")
        }
        task = .call(CatalogTarget(issuer: issuer, api: api, clientID: id, secret: .environment("QUICKSTART_SECRET")))
    }
}

func exitWithFailure() -> Never {
    exit(1)
}
