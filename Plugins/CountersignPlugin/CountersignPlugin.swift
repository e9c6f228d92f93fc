import Foundation
import PackagePlugin

/// The build tool plugin that generates a client for every schema file of a target: `<Name>.client.yaml`, `.client.yml`
/// or `.client.json`.
///
/// SwiftPM does not run the plugin again when only the content of a schema changes. It therefore depends on file names
/// only, and the tool reports errors in schemas.
@main
struct CountersignPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        guard let target = target.sourceModule else { return [] }
        let schemas = target.sourceFiles.map(\.url).filter { Self.baseName(of: $0) != nil }
            .sorted { $0.path < $1.path }
        if schemas.isEmpty {
            Diagnostics.warning(
                """
                target '\(target.name)' has no schema: add a file whose name ends in '.client.yaml', '.client.yml' or \
                '.client.json' to its folder, or remove CountersignPlugin from its plugins
                """
            )
            return []
        }
        let tool = try context.tool(named: "countersign-generate")
        // Only the tool knows whether a schema has users, and only the plugin knows what its target can import.
        let dependencies = Set(target.recursiveTargetDependencies.map(\.name))
        if !dependencies.contains("Countersign") {
            Diagnostics.error(
                """
                the generated clients of target '\(target.name)' import Countersign: add \
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
            // Lower case, since some file systems treat Catalog.swift and catalog.swift as one file.
            if let other = outputs.updateValue(schema, forKey: name.lowercased()) {
                Diagnostics.error(
                    """
                    two schemas of target '\(target.name)' have the name '\(name)' and would generate the same file: \
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
                    // The other schemas are not inputs: the tool compares client names whenever it writes either file.
                    arguments: [schema.path, "--output", output.path]
                        + schemas.filter { $0 != schema }.flatMap { ["--beside", $0.path] } + options,
                    inputFiles: [schema],
                    outputFiles: [output]
                )
            )
        }
        return commands
    }

    /// Returns `Catalog` for `Catalog.client.yaml`; nil for a file that is not a schema.
    private static func baseName(of file: URL) -> String? {
        let name = file.lastPathComponent
        for ending in [".client.yaml", ".client.yml", ".client.json"] where name.hasSuffix(ending) {
            return String(name.dropLast(ending.count))
        }
        return nil
    }
}
