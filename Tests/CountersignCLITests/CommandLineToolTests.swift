import Foundation
import Testing

@testable import CountersignCLI

@Suite("The command-line tool")
struct CommandLineToolTests {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let schema = package.appending(path: "Schemas/client.schema.json")

    /// A run of the tool with its exit code and output.
    private struct Run {
        var exitCode: ExitCode
        var output = ""
        var errors = ""

        init(_ arguments: [String]) async {
            var output = ""
            var errors = ""
            exitCode = await CommandLineTool(output: { output += $0 }, errors: { errors += $0 }).run(arguments)
            (self.output, self.errors) = (output, errors)
        }
    }

    /// Runs a test in a folder of its own, which is removed afterwards.
    private func inFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "countersign-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    static let usageErrors: [([String], String, help: String)] = [
        (["vaildate"], "unknown command 'vaildate'; did you mean 'validate'?", "countersign"),
        (["shcema", "--output", "x"], "unknown command 'shcema'; did you mean 'schema'?", "countersign"),
        (["fly"], "unknown command 'fly'; expected one of schema, validate, sign-in, token, sign-out", "countersign"),
        ([""], "unknown command ''; expected one of schema, validate, sign-in, token, sign-out", "countersign"),
        (["--version"], "unknown option '--version'; expected --help", "countersign"),
        (["schema", "--ouput=x"], "unknown option '--ouput'; did you mean '--output'?", "countersign schema"),
        (["schema", "-o"], "option '-o' requires a file", "countersign schema"),
        (["schema", "--output="], "option '--output' requires a file", "countersign schema"),
        (["schema", "-o", "a", "-o", "b"], "option '--output' occurs twice", "countersign schema"),
        (
            ["schema", "x.json"], "unexpected argument 'x.json'; use '--output' to write to a file",
            "countersign schema"
        ),
        (["validate"], "a schema file is required", "countersign validate"),
        (["validate", "--output", "x"], "unknown option '--output'; expected --help", "countersign validate"),
    ]

    @Test("An invalid command line is reported with the help to read", arguments: usageErrors)
    func reportsUsageError(_ arguments: [String], _ message: String, help: String) async {
        let run = await Run(arguments)
        #expect(run.exitCode == .failure)
        #expect(run.output == "")
        #expect(run.errors == "countersign: \(message)\nSee '\(help) --help'.\n")
    }

    @Test("The help lists every command and every exit code", arguments: [["--help"], ["-h"]])
    func helps(_ arguments: [String]) async {
        let run = await Run(arguments)
        #expect(run.exitCode == .success)
        #expect(run.errors == "")
        for command in Command.allCases { #expect(run.output.contains("\n    \(command.rawValue) ")) }
        for code: ExitCode in [.success, .invalidSchema, .failure, .notSignedIn, .rejected, .unavailable] {
            #expect(run.output.contains("\n    \(code.rawValue)   "))
        }
        #expect(await Run([]).errors == run.output)
        #expect(await Run([]).exitCode == .failure)
    }

    @Test("Every command has its own help, with the exit codes", arguments: Command.allCases)
    func helpsWithCommand(_ command: Command) async {
        let run = await Run([command.rawValue, "--help"])
        #expect(run.exitCode == .success)
        #expect(run.output.hasPrefix("usage: \(command.usage)\n"))
        #expect(run.output.hasSuffix(Command.exitCodes))
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    @Test("The written JSON Schema equals the file in the repository")
    func writesSchema() async throws {
        let expected = try Data(contentsOf: Self.schema)
        #expect(await Run(["schema"]).output == String(decoding: expected, as: UTF8.self))
        try await inFolder { folder in
            let file = folder.appending(path: "client.schema.json")
            for arguments in [["--output", file.path], ["-o", file.path], ["--output=\(file.path)"]] {
                try Data("old".utf8).write(to: file)
                let run = await Run(["schema"] + arguments)
                #expect(run.exitCode == .success)
                #expect(run.output + run.errors == "")
                #expect(try Data(contentsOf: file) == expected)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["client.schema.json"])
        }
    }

    @Test("A file that cannot be written is reported")
    func cannotWrite() async throws {
        try await inFolder { folder in
            let file = folder.appending(path: "missing/client.schema.json").path
            let run = await Run(["schema", "--output", file])
            #expect(run.exitCode == .failure)
            #expect(run.errors == "countersign: \(file): cannot be written: No such file or directory\n")
        }
    }

    @Test("Validating a valid schema writes one line with the number of its operations")
    func validates() async throws {
        let catalog = Self.package.appending(path: "Schemas/Quickstart/Catalog.client.yaml").path
        let run = await Run(["validate", catalog])
        #expect(run.exitCode == .success)
        #expect(run.output == "\(catalog): valid, 4 operations\n")
        #expect(run.errors == "")
    }

    @Test("Warnings are reported and do not change the exit code")
    func warns() async throws {
        try await inFolder { folder in
            let file = folder.appending(path: "a.client.json")
            let text =
                #"{"client":"A","server":"https://a.example","types":{"T":"int"},"operations":{"#
                + #""a":{"get":"/a","returns":"nothing"}}}"#
            try Data(text.utf8).write(to: file)
            let run = await Run(["validate", "--", file.path])
            #expect(run.exitCode == .success)
            #expect(run.errors == "\(file.path):1:53: warning: no operation uses the type 'T'\n")
            #expect(run.output == "\(file.path): valid, 1 operation\n")
        }
    }

    @Test("All errors of all files are reported in the format of compilers")
    func reportsErrors() async throws {
        try await inFolder { folder in
            let good = Self.package.appending(path: "Schemas/Quickstart/Catalog.client.yaml").path
            let yaml = folder.appending(path: "a.client.yaml").path
            let json = folder.appending(path: "b.client.json").path
            let text = "client: A\nserver: https://a.example\noperations: { a: { get: /a, retruns: nothing } }\n"
            try Data(text.utf8).write(to: URL(filePath: yaml))
            try Data("{".utf8).write(to: URL(filePath: json))
            let run = await Run(["validate", yaml, good, json])
            #expect(run.exitCode == .invalidSchema)
            #expect(run.output.hasPrefix("\(good): valid, "))
            let lines = run.errors.split(separator: "\n")
            #expect(
                lines.first == "\(yaml):3:29: error: unknown key 'retruns' in operation 'a'; did you mean 'returns'?"
            )
            #expect(lines.last?.hasPrefix("\(json):1:2: error: invalid JSON: ") == true)
            #expect(lines.count == 2)
        }
    }

    @Test("Errors that only the generator detects are reported, too")
    func reportsGenerationErrors() async throws {
        try await inFolder { folder in
            let file = folder.appending(path: "a.client.yaml").path
            let text = """
                client: A
                server: https://a.example
                types:
                  A: { fields: { x: int } }
                operations: { a: { get: /a, returns: A } }
                """
            try Data(text.utf8).write(to: URL(filePath: file))
            let run = await Run(["validate", file])
            #expect(run.exitCode == .invalidSchema)
            #expect(run.errors == "\(file):4:3: error: the type 'A' has the name of its client; rename one of them\n")
        }
    }

    @Test("A file that cannot be read is reported, and the others are still validated")
    func cannotRead() async throws {
        try await inFolder { folder in
            let missing = folder.appending(path: "missing.client.yaml").path
            let faulty = folder.appending(path: "a.client.yaml").path
            try Data("client: A\n".utf8).write(to: URL(filePath: faulty))
            let run = await Run(["validate", missing, folder.path, faulty])
            #expect(run.exitCode == .failure)
            let lines = run.errors.split(separator: "\n")
            #expect(lines.first == "countersign: \(missing): cannot be read: No such file or directory")
            #expect(lines.dropFirst().first == "countersign: \(folder.path): is not a regular file")
            #expect(lines.dropFirst(2).first?.hasPrefix("\(faulty):1:1: error: a schema requires") == true)
        }
    }
}
