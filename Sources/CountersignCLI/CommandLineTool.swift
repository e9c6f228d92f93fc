import CountersignGenerator
import CountersignSchema

/// The tool `countersign`, apart from the process it runs in.
struct CommandLineTool {
    var output: (String) -> Void
    var errors: (String) -> Void

    func run(_ arguments: [String]) -> ExitCode {
        do throws(UsageProblem) {
            return try run(CommandLineArguments(arguments))
        } catch {
            complain(error.message)
            errors("See '\(error.command.map { "countersign \($0.rawValue)" } ?? "countersign") --help'.\n")
            return .failure
        }
    }

    private func run(_ arguments: CommandLineArguments) throws(UsageProblem) -> ExitCode {
        guard let command = arguments.command else {
            let help = Command.overview + Command.exitCodes
            if arguments.wantsHelp { output(help) } else { errors(help) }
            return arguments.wantsHelp ? .success : .failure
        }
        if arguments.wantsHelp {
            output(command.help + Command.exitCodes)
            return .success
        }
        switch command {
        case .schema:
            if let extra = arguments.operands.first {
                throw UsageProblem("unexpected argument '\(extra)'; the file to write follows '--output'", command)
            }
            return writeSchema(to: arguments.output)
        case .validate:
            guard !arguments.operands.isEmpty else { throw UsageProblem("name at least one schema file", command) }
            return validate(arguments.operands)
        }
    }

    private func writeSchema(to path: String?) -> ExitCode {
        guard let path else {
            output(String(decoding: PackageResources.client_schema_json, as: UTF8.self))
            return .success
        }
        do throws(FileProblem) {
            try OutputFile.write(PackageResources.client_schema_json, to: path)
            return .success
        } catch {
            complain("\(error.path): \(error.reason)")
            return .failure
        }
    }

    private func validate(_ paths: [String]) -> ExitCode {
        var areReadable = true
        var areValid = true
        for path in paths {
            do throws(FileProblem) {
                if try !validate(path) { areValid = false }
            } catch {
                complain("\(error.path): \(error.reason)")
                areReadable = false
            }
        }
        return !areReadable ? .failure : areValid ? .success : .invalidSchema
    }

    /// Whether a client can be generated from the file; what a build would report is reported.
    private func validate(_ path: String) throws(FileProblem) -> Bool {
        let (schema, diagnostics) = Schema.parse(path: path, bytes: try InputFile.read(path))
        for diagnostic in diagnostics { errors("\(diagnostic)\n") }
        guard let schema else { return false }
        do throws(Unsupported) {
            _ = try ClientSource.text(of: schema, fileName: path)
            return true
        } catch {
            errors("\(Diagnostic(path: path, location: error.location, severity: .error, message: error.message))\n")
            return false
        }
    }

    private func complain(_ message: String) {
        errors("countersign: \(message)\n")
    }
}
