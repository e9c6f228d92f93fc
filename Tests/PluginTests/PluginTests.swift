import Foundation
import Testing

/// Builds of packages that use the plugin.
@Suite("Plugin", .serialized)
struct PluginTests {
    @Test(
        """
        Generated clients compile without a warning in every language mode, with and without upcoming features, at \
        every access level, and can be called
        """
    )
    func matrix() throws {
        let build = try Build.running("Caller", of: "Adopter")
        #expect(build.status == 0, "\(build.output)")
        #expect(!build.output.contains("warning:"), "\(build.output)")
        // The caller prints the kind of the error of its only call, to a port without a server.
        #expect(build.output.contains("\nlocal: transport\n"), "\(build.output)")
    }

    @Test("A file can import Countersign beside modules with the type names of HTTP libraries and web frameworks")
    func frameworks() throws {
        let build = try Build.target("BesideFrameworks", of: "Adopter")
        #expect(build.status == 0, "\(build.output)")
        #expect(!build.output.contains("warning:"), "\(build.output)")
    }

    @Test("An error in a schema fails the build with its location")
    func invalidSchema() throws {
        let build = try Build.target("Faulty", of: "Adopter")
        let file = Build.packages.appending(path: "Adopter/Sources/Faulty/Faulty.client.yaml").path
        #expect(build.status != 0)
        #expect(build.output.contains("\(file):7:5: error: unknown key 'retruns'"), "\(build.output)")
    }

    @Test("A schema of users in a target without CountersignOIDC fails the build with a message that says what to add")
    func withoutSignIn() throws {
        let build = try Build.target("WithoutSignIn", of: "Adopter")
        let file = Build.packages.appending(path: "Adopter/Sources/WithoutSignIn/Users.client.yaml").path
        #expect(build.status != 0)
        #expect(
            build.output.contains(
                "\(file):7:3: error: a client with signed-in users requires CountersignOIDC: add .product(name: "
                    + "\"CountersignOIDC\", package: \"countersign\") to the dependencies of target 'WithoutSignIn'"
            ),
            "\(build.output)"
        )
    }
}
