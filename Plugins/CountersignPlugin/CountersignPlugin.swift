import Foundation
import PackagePlugin

/// Generates a client for every schema file of a target: `<Name>.client.yaml`, `.client.yml` or `.client.json`.
///
/// It is not run again when only the content of a schema changes, so nothing here depends on more than file names; what
/// is wrong within a schema is for the tool to say.
@main
struct CountersignPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        guard let target = target.sourceModule else { return [] }
        let schemas = target.sourceFiles.map(\.url).filter { Self.baseName(of: $0) != nil }
            .sorted { $0.path < $1.path }
        if schemas.isEmpty { return [] }
        let tool = try context.tool(named: "countersign-generate")
        // Only the tool knows whether a schema has users, and only the plugin what its target can import.
        let dependencies = Set(target.recursiveTargetDependencies.map(\.name))
        if !dependencies.contains("Countersign") {
            Diagnostics.error(
                """
                the clients that are generated for the target '\(target.name)' import Countersign: add \
                .product(name: "Countersign", package: "countersign") to its dependencies
                """
            )
        }
        let signsIn = dependencies.contains("CountersignOIDC")
        let options = signsIn ? [] : ["--without-sign-in", target.name]
        var commands: [Command] = []
        var outputs: [String: URL] = [:]
        for schema in schemas {
            guard let name = Self.baseName(of: schema) else { continue }
            // Lower case: there are file systems on which Catalog.swift and catalog.swift are one file.
            if let other = outputs.updateValue(schema, forKey: name.lowercased()) {
                Diagnostics.error(
                    """
                    two schemas of the target '\(target.name)' have the name '\(name)', and would generate one file: \
                    \(other.path) and \(schema.path); rename one of them
                    """
                )
                continue
            }
            let output = context.pluginWorkDirectoryURL.appending(path: "\(name).client.swift")
            commands.append(
                .buildCommand(
                    displayName: "Generating the client of \(schema.lastPathComponent)",
                    executable: tool.url,
                    // The others are no input: the client's name is checked when one of two namesakes is written.
                    arguments: [schema.path, "--output", output.path]
                        + schemas.filter { $0 != schema }.flatMap { ["--beside", $0.path] } + options,
                    inputFiles: [schema],
                    outputFiles: [output]
                )
            )
        }
        return commands
    }

    /// `Catalog` of `Catalog.client.yaml`; nil for a file that is no schema.
    private static func baseName(of file: URL) -> String? {
        let name = file.lastPathComponent
        for ending in [".client.yaml", ".client.yml", ".client.json"] where name.hasSuffix(ending) {
            return String(name.dropLast(ending.count))
        }
        return nil
    }
}
