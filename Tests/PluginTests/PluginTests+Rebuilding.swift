import Foundation
import Testing

/// One package that is built again and again while its schemas change.
///
/// Its target `Store` holds two schemas in a linked folder, in YAML and in JSON, with public clients; `Till` uses them
/// and has no plugin of its own.
extension PluginTests {
    @Test("Adding, editing, renaming and removing a schema each rebuild what they must, and no more")
    func rebuilding() throws { try rebuild(by: .native) }

    @Test("Swift Build, too, rebuilds what it must, and no more", .enabled(if: Shop.mayUseSwiftBuild, Shop.swiftBuild))
    func rebuildingBySwiftBuild() throws { try rebuild(by: .swiftbuild) }

    @Test("Two schemas with one name fail the build with a message that names both")
    func twins() throws { try refuseTwins(by: .native) }

    @Test("Swift Build, too, shows what names both", .enabled(if: Shop.mayUseSwiftBuild, Shop.swiftBuild))
    func twinsBySwiftBuild() throws { try refuseTwins(by: .swiftbuild) }

    @Test("Two clients of one name fail the build with a line that names both, until either has another")
    func namesakes() throws {
        let shop = try Shop(.native)
        #expect(try shop.build().status == 0)
        let extra =
            "server: https://a.example\nclient: CatalogAPI\noperations: { ping: { get: /, returns: nothing } }\n"
        try shop.write(extra, to: "Schemas/Store/Extra.client.yml")
        var build = try shop.build()
        let folder = shop.folder.path + "/Sources/Store/Schemas"
        #expect(build.status != 0)
        // Each of the two says so; SwiftPM stops at the first.
        let (yaml, yml) = ("\(folder)/Catalog.client.yaml:1:9", "\(folder)/Extra.client.yml:2:9")
        let said = [(yaml, yml), (yml, yaml)].contains { place, other in
            let message = "the client 'CatalogAPI' has the same name as that of \(other); rename one of them"
            return build.output.contains("\(place): error: \(message)")
        }
        #expect(said, "\(build.output)")
        #expect(!build.output.contains("invalid redeclaration"), "\(build.output)")

        try shop.replace("client: CatalogAPI", by: "client: ExtraAPI", in: "Schemas/Store/Extra.client.yml")
        build = try shop.build()
        #expect(build.status == 0, "\(build.output)")

        // Only the schema that was changed is read again, and it sees the other.
        try shop.replace("client: CatalogAPI", by: "client: ExtraAPI", in: "Schemas/Store/Catalog.client.yaml")
        build = try shop.build()
        #expect(build.status != 0)
        #expect(
            build.output.contains(
                "\(folder)/Catalog.client.yaml:1:9: error: the client 'ExtraAPI' has the same name as that of "
                    + "\(folder)/Extra.client.yml:2:9; rename one of them"
            ),
            "\(build.output)"
        )
    }

    private func rebuild(by system: Shop.BuildSystem) throws {
        let shop = try Shop(system)
        var build = try shop.build()
        try #require(build.status == 0, "\(build.output)")
        #expect(try shop.till() == "hammer 1")

        // Once after a clean build, SwiftPM links the tool again and runs it; what it generates is the same.
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

        // Were the file of the old name still compiled, there would be two of everything.
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

    private func refuseTwins(by system: Shop.BuildSystem) throws {
        let shop = try Shop(system)
        try shop.write("client: CatalogAPI\n", to: "Sources/Store/Other/catalog.client.json")
        let build = try shop.build()
        let folder = shop.folder.path + "/Sources/Store"
        #expect(build.status != 0)
        #expect(
            build.output.contains(
                "error: two schemas of the target 'Store' have the name 'Catalog', and would generate one file: "
                    + "\(folder)/Other/catalog.client.json and \(folder)/Schemas/Catalog.client.yaml; rename one of them"
            ),
            "\(build.output)"
        )
    }
}
