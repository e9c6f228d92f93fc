import Foundation
import Testing

/// The plugin in packages that depend on this one.
@Suite("Plugin", .serialized)
struct PluginTests {
    @Test(
        """
        Generated clients compile without a warning in every language mode, with every upcoming feature and none, at \
        every access level, and can be called
        """
    )
    func matrix() throws {
        let build = try Build.running("Caller", of: "Adopter")
        #expect(build.status == 0, "\(build.output)")
        #expect(!build.output.contains("warning:"), "\(build.output)")
        // The caller prints what its one call came to: nothing listens there.
        #expect(build.output.contains("\nlocal: transport\n"), "\(build.output)")
    }

    @Test("A fault in a schema fails the build with its place")
    func fault() throws {
        let build = try Build.target("Faulty", of: "Adopter")
        let file = Build.packages.appending(path: "Adopter/Sources/Faulty/Faulty.client.yaml").path
        #expect(build.status != 0)
        #expect(build.output.contains("\(file):7:5: error: unknown key 'retruns'"), "\(build.output)")
    }

    @Test("A schema with users in a target that cannot sign them in fails the build, and says what to add")
    func withoutSignIn() throws {
        let build = try Build.target("WithoutSignIn", of: "Adopter")
        let file = Build.packages.appending(path: "Adopter/Sources/WithoutSignIn/Users.client.yaml").path
        #expect(build.status != 0)
        #expect(
            build.output.contains(
                "\(file):7:3: error: users sign in by the product CountersignOIDC: add .product(name: "
                    + "\"CountersignOIDC\", package: \"countersign\") to the dependencies of target 'WithoutSignIn'"
            ),
            "\(build.output)"
        )
    }
}
