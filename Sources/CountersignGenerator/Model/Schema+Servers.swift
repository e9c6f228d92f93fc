import CountersignSchema

extension Schema {
    /// Indicates whether the servers have issuers; the schema is only valid if all have one or none has.
    var serversHaveIssuers: Bool {
        if case .named(let servers) = servers { servers.contains { $0.issuer != nil } } else { false }
    }
}
