import Foundation
import Testing

/// Incremental builds of a package while its schemas change.
///
/// Its target `Store` has two schemas in a linked folder, in YAML and in JSON, with public clients. `Till` uses them and
/// has no plugin.
extension PluginTests {
    @Test("Adding, editing, renaming and removing a schema rebuild only what they must")
    func rebuilding() throws { try rebuild(by: .native) }

    @Test("Swift Build rebuilds only what it must", .enabled(if: Shop.mayUseSwiftBuild, Shop.swiftBuild))
    func rebuildingBySwiftBuild() throws { try rebuild(by: .swiftbuild) }

    @Test("Two schemas with the same name fail the build with a message that names both")
    func sameFileNames() throws { try rejectSameFileNames(by: .native) }

    @Test("Swift Build shows the message that names both", .enabled(if: Shop.mayUseSwiftBuild, Shop.swiftBuild))
    func sameFileNamesBySwiftBuild() throws { try rejectSameFileNames(by: .swiftbuild) }

    @Test("Two clients with the same name fail the build with a line that names both, until one is renamed")
    func sameClientNames() throws {
        let shop = try Shop(.native)
        #expect(try shop.build().status == 0)
        let extra =
            "server: https://a.example\nclient: CatalogAPI\noperations: { ping: { get: /, returns: nothing } }\n"
        try shop.write(extra, to: "Schemas/Store/Extra.client.yml")
        var build = try shop.build()
        let folder = shop.folder.path + "/Sources/Store/Schemas"
        #expect(build.status != 0)
        // The tool reports both files, but SwiftPM stops at the first error.
        let (yaml, yml) = ("\(folder)/Catalog.client.yaml:1:9", "\(folder)/Extra.client.yml:2:9")
        let isReported = [(yaml, yml), (yml, yaml)].contains { location, other in
            let message = "the client 'CatalogAPI' has the same name as the one at \(other); rename one of them"
            return build.output.contains("\(location): error: \(message)")
        }
        #expect(isReported, "\(build.output)")
        #expect(!build.output.contains("invalid redeclaration"), "\(build.output)")

        try shop.replace("client: CatalogAPI", by: "client: ExtraAPI", in: "Schemas/Store/Extra.client.yml")
        build = try shop.build()
        #expect(build.status == 0, "\(build.output)")

        // The tool runs only for the changed schema, and compares it with the other.
        try shop.replace("client: CatalogAPI", by: "client: ExtraAPI", in: "Schemas/Store/Catalog.client.yaml")
        build = try shop.build()
        #expect(build.status != 0)
        #expect(
            build.output.contains(
                "\(folder)/Catalog.client.yaml:1:9: error: the client 'ExtraAPI' has the same name as the one at "
                    + "\(folder)/Extra.client.yml:2:9; rename one of them"
            ),
            "\(build.output)"
        )
    }

    @Test("A target that has the plugin but no schema builds with a warning that says what to add")
    func withoutSchema() throws {
        let shop = try Shop(.native)
        try shop.remove("Schemas/Store/Catalog.client.yaml")
        try shop.remove("Schemas/Store/Orders.client.json")
        try shop.write("struct Store {}\n", to: "Sources/Store/Store.swift")
        try shop.write("@main enum Till { static func main() {} }\n", to: "Sources/Till/Till.swift")
        let build = try shop.build()
        #expect(build.status == 0, "\(build.output)")
        #expect(
            build.output.contains(
                "warning: target 'Store' has no schema: add a file whose name ends in '.client.yaml', '.client.yml' or "
                    + "'.client.json' to its folder, or remove CountersignPlugin from its plugins"
            ),
            "\(build.output)"
        )
    }

    private func rebuild(by system: Shop.BuildSystem) throws {
        let shop = try Shop(system)
        var build = try shop.build()
        try #require(build.status == 0, "\(build.output)")
        #expect(try shop.till() == "hammer 1")

        // After a clean build, SwiftPM links and runs the tool once more; its output is the same.
        build = try shop.build()
        #expect(build.status == 0)
        #expect(build.compiled == [])
        build = try shop.build()
        #expect(build.status == 0)
        #expect(build.generated == [])
        #expect(build.compiled == [])

        try shop.replace("hammer", by: "saw", in: "Schemas/Store/Catalog.client.yaml")
        build = try shop.build()
        #expect(build.status == 0, "\(build.output)")
        #expect(build.generated == ["Catalog.client.yaml"])
        #expect(build.compiled == ["Store", "Till"])
        #expect(try shop.till() == "saw 1")

        let extra = "client: ExtraAPI\nserver: https://a.example\noperations: { ping: { get: /, returns: nothing } }\n"
        try shop.write(extra, to: "Schemas/Store/Extra.client.yml")
        build = try shop.build()
        #expect(build.status == 0, "\(build.output)")
        #expect(build.generated.contains("Extra.client.yml"))

        // If the file of the old name were still compiled, there would be duplicate declarations.
        try shop.move("Schemas/Store/Extra.client.yml", to: "Schemas/Store/Renamed.client.yml")
        build = try shop.build()
        #expect(build.status == 0, "\(build.output)")
        #expect(build.generated.contains("Renamed.client.yml"))
        try shop.write("struct ExtraAPI {}\n", to: "Sources/Store/ExtraAPI.swift")
        #expect(try shop.build().output.contains("invalid redeclaration of 'ExtraAPI'"))

        try shop.remove("Schemas/Store/Renamed.client.yml")
        build = try shop.build()
        #expect(build.status == 0, "\(build.output)")
        #expect(try shop.till() == "saw 1")
    }

    private func rejectSameFileNames(by system: Shop.BuildSystem) throws {
        let shop = try Shop(system)
        try shop.write("client: CatalogAPI\n", to: "Sources/Store/Other/catalog.client.json")
        let build = try shop.build()
        let folder = shop.folder.path + "/Sources/Store"
        #expect(build.status != 0)
        #expect(
            build.output.contains(
                "error: two schemas of target 'Store' have the name 'Catalog' and would generate the same file: "
                    + "\(folder)/Other/catalog.client.json and \(folder)/Schemas/Catalog.client.yaml; rename one of them"
            ),
            "\(build.output)"
        )
    }
}
