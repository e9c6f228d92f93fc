/// One API client, read and validated: all that the generator needs to know.
///
/// Everything is resolved: operations carry their effective authorization and errors, includes are copied, inline
/// types are declared under the name of their place. The order is the file's.
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
    /// The authorization schemes in the order of the file.
    package var schemes: [AuthorizationScheme] = []
    /// What an operation without `auth` needs.
    package var defaultRequirement = AuthorizationRequirement.none
    /// The errors of the client, already merged into each operation's.
    package var errors: [Response] = []
    /// Every type to generate: the declared ones in order, then the inline ones.
    package var types: [TypeDeclaration] = []
    package var operations: [Operation] = []

    package enum Servers: Equatable, Sendable {
        /// The base URL without a trailing slash.
        case single(url: String)
        /// Choosing one of these chooses its issuer.
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

    /// A protocol that the models conform to besides `Hashable` and `Sendable`.
    package enum Conformance: String, Sendable, CaseIterable {
        case codable = "Codable"
    }

    /// The declaration of a type that a reference names, or nil for a name that is not declared.
    ///
    /// - Complexity: O(n) in the number of types; the generator keeps a dictionary of its own.
    package func declaration(of name: TypeName) -> TypeDeclaration? {
        types.first { $0.name == name }
    }
}
