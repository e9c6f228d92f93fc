import Countersign
import CountersignGenerator
import CountersignLoopback
import CountersignSchema

/// The tool `countersign`, independent of the process that it runs in.
struct CommandLineTool {
    var output: (String) -> Void
    var errors: (String) -> Void
    var environment: [String: String] = [:]
    var runtime: CountersignRuntime = .shared
    var openBrowser: (String) -> Bool = SystemBrowser.open

    nonisolated(nonsending) func run(_ arguments: [String]) async -> ExitCode {
        do {
            return try await run(CommandLineArguments(arguments))
        } catch let error as UsageError {
            report(error.message)
            errors("See '\(error.command.map { "countersign \($0.rawValue)" } ?? "countersign") --help'.\n")
            return .failure
        } catch let error as InvalidSchema {
            for diagnostic in error.diagnostics { errors("\(diagnostic)\n") }
            return .invalidSchema
        } catch let error as FileError {
            report("\(error.path): \(error.message)")
            return .failure
        } catch {
            report("\(error)")
            if let error = error as? TokenStoreError, error.kind == .wrongKey {
                errors(
                    "To start over without that key, remove the directory of the sign-ins: see 'countersign token --help'.\n"
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
            let hint = command == .schema ? "; use '--output' to write to a file" : ""
            throw UsageError("unexpected argument '\(extra)'\(hint)", command)
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
            guard !arguments.operands.isEmpty else { throw UsageError("a schema file is required", command) }
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
            report("\(error.path): \(error.message)")
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
                report("\(error.path): \(error.message)")
                areReadable = false
            }
        }
        return !areReadable ? .failure : areValid ? .success : .invalidSchema
    }

    /// Reports the diagnostics of a schema file, as a build would.
    ///
    /// - Returns: True if a client can be generated from the file.
    private func validate(_ path: String) throws(FileError) -> Bool {
        let (schema, diagnostics) = Schema.read(path: path, bytes: try InputFile.read(path))
        for diagnostic in diagnostics { errors("\(diagnostic)\n") }
        guard let schema else { return false }
        do throws(GenerationError) {
            _ = try ClientSource.text(of: schema, fileName: path)
            let count = schema.operations.count
            output("\(path): valid, \(count) \(count == 1 ? "operation" : "operations")\n")
            return true
        } catch {
            errors("\(Diagnostic(path: path, location: error.location, severity: .error, message: error.message))\n")
            return false
        }
    }

    private func report(_ message: String) {
        errors("countersign: \(message)\n")
    }
}
