import Countersign
import CountersignGenerator
import CountersignLoopback
import CountersignSchema

/// The tool `countersign`, apart from the process it runs in.
struct CommandLineTool {
    var output: (String) -> Void
    var errors: (String) -> Void
    var environment: [String: String] = [:]
    var runtime: Runtime = .shared
    var openBrowser: (String) -> Bool = SystemBrowser.open

    nonisolated(nonsending) func run(_ arguments: [String]) async -> ExitCode {
        do {
            return try await run(CommandLineArguments(arguments))
        } catch let problem as UsageProblem {
            complain(problem.message)
            errors("See '\(problem.command.map { "countersign \($0.rawValue)" } ?? "countersign") --help'.\n")
            return .failure
        } catch let schema as InvalidSchema {
            for diagnostic in schema.diagnostics { errors("\(diagnostic)\n") }
            return .invalidSchema
        } catch let problem as FileError {
            complain("\(problem.path): \(problem.message)")
            return .failure
        } catch {
            complain("\(error)")
            if let error = error as? TokenStoreError, error.kind == .wrongKey {
                errors(
                    "To start afresh without that key, remove the folder of the sign-ins; see 'countersign token --help'.\n"
                )
            }
            return ExitCode(error)
        }
    }

    private nonisolated(nonsending) func run(_ arguments: CommandLineArguments) async throws -> ExitCode {
        guard let command = arguments.command else {
            let help = Command.overview + Command.exitCodes
            if arguments.wantsHelp { output(help) } else { errors(help) }
            return arguments.wantsHelp ? .success : .failure
        }
        if arguments.wantsHelp {
            output(command.help + Command.exitCodes)
            return .success
        }
        if command != .validate, let extra = arguments.operands.first {
            let hint = command == .schema ? "; the file to write follows '--output'" : ""
            throw UsageProblem("unexpected argument '\(extra)'\(hint)", command)
        }
        let signIns = SignInCommands(
            arguments: arguments,
            environment: environment,
            runtime: runtime,
            openBrowser: openBrowser,
            output: output,
            errors: errors
        )
        switch command {
        case .schema:
            return writeSchema(to: arguments[.output])
        case .validate:
            guard !arguments.operands.isEmpty else { throw UsageProblem("name at least one schema file", command) }
            return validate(arguments.operands)
        case .signIn:
            return try await signIns.signIn()
        case .token:
            return try await signIns.token()
        case .signOut:
            return try await signIns.signOut()
        }
    }

    private func writeSchema(to path: String?) -> ExitCode {
        guard let path else {
            output(String(decoding: PackageResources.client_schema_json, as: UTF8.self))
            return .success
        }
        do throws(FileError) {
            try OutputFile.write(PackageResources.client_schema_json, to: path)
            return .success
        } catch {
            complain("\(error.path): \(error.message)")
            return .failure
        }
    }

    private func validate(_ paths: [String]) -> ExitCode {
        var areReadable = true
        var areValid = true
        for path in paths {
            do throws(FileError) {
                if try !validate(path) { areValid = false }
            } catch {
                complain("\(error.path): \(error.message)")
                areReadable = false
            }
        }
        return !areReadable ? .failure : areValid ? .success : .invalidSchema
    }

    /// Whether a client can be generated from the file; what a build would report is reported.
    private func validate(_ path: String) throws(FileError) -> Bool {
        let (schema, diagnostics) = Schema.read(path: path, bytes: try InputFile.read(path))
        for diagnostic in diagnostics { errors("\(diagnostic)\n") }
        guard let schema else { return false }
        do throws(GenerationError) {
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
