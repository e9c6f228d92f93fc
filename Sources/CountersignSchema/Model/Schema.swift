/// The model of one API client: everything that the generator needs.
///
/// All references are resolved: operations carry their effective authorization and errors, included fields are copied,
/// and inline types are declared under a name that follows from where they are used. The order is that of the file.
package struct Schema: Sendable {
    /// The name of the generated client, a Swift type name.
    package var name: String
    package var location = SourceLocation.start
    package var description: String?
    package var servers: Servers
    package var timeout: Duration?
    package var access = Access.internal
    package var generatesStub = false
    package var conformances: [Conformance] = []
    /// The authorization schemes in file order.
    package var schemes: [AuthorizationScheme] = []
    /// The requirement of an operation without `auth`.
    package var defaultRequirement = AuthorizationRequirement.none
    /// The errors of the client; each operation's errors already include them.
    package var errors: [Response] = []
    /// All types to generate: first the declared ones in file order, then the inline ones.
    package var types: [TypeDeclaration] = []
    package var operations: [Operation] = []

    package enum Servers: Equatable, Sendable {
        /// A base URL without a trailing slash.
        case single(url: String)
        /// Several servers; the choice of a server also selects its issuer.
        case named([Server])
    }

    package struct Server: Equatable, Sendable {
        package var name: String
        package var swiftName: String
        package var url: String
        package var issuer: String?
        package var description: String?
        package var location = SourceLocation.start
    }

    package enum Access: String, Sendable, CaseIterable {
        case `internal`, package, `public`
    }

    /// A protocol that models conform to in addition to `Hashable` and `Sendable`.
    package enum Conformance: String, Sendable, CaseIterable {
        case codable = "Codable"
    }

    /// Returns the declaration of a type; nil if the type is not declared.
    ///
    /// - Complexity: O(n) in the number of types; the generator keeps a dictionary of its own.
    package func declaration(of name: TypeName) -> TypeDeclaration? {
        types.first { $0.name == name }
    }
}
