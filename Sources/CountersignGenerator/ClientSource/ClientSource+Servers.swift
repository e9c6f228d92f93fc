import CountersignSchema

/// The type of the servers that a client can use.
extension ClientSource {
    mutating func writeServers(_ servers: [Schema.Server]) {
        let string = spelling.swift("String")
        let hasIssuers = schema.serversHaveIssuers
        source.blankLine()
        source.open("nonisolated extension \(schema.name) {")
        source.documentation(
            hasIssuers ? "A server of the API and the issuer of its access tokens." : "A server of the API."
        )
        source.open("\(access)struct Server: Hashable, Sendable {")
        for server in servers {
            source.documentation(server.description)
            var arguments: [Layout] = [.labelled("url", text: SwiftLiteral.string(server.url))]
            if let issuer = server.issuer {
                arguments.append(.labelled("issuer", text: SwiftLiteral.string(issuer)))
            }
            let name = SwiftIdentifier(server.swiftName).declared
            source.lay("\(access)static let \(name) = ", .call("Server", arguments))
        }
        source.blankLine()
        source.documentation("The base URL of the API.")
        source.line("\(access)var url: \(string)")
        if hasIssuers {
            source.documentation("The issuer of the access tokens.")
            source.line("\(access)var issuer: \(string)")
        }
        source.blankLine()
        source.open("\(access)init(url: \(string)\(hasIssuers ? ", issuer: \(string)" : "")) {")
        source.line("self.url = url")
        if hasIssuers { source.line("self.issuer = issuer") }
        source.close()
        source.close()
        source.close()
    }
}
