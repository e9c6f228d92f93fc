import CountersignHTTP

/// The DPoP nonce store of a runtime: the state of each server that proofs are made for.
final class DPoPNonceStore: Sendable {
    enum Role: Hashable, Sendable {
        case authorizationServer, resourceServer
    }

    /// An authorization server and an API at the same origin have different nonces (RFC 9449 section 9).
    private struct Key: Hashable {
        let origin: HTTP.Origin
        let role: Role
    }

    private static let capacity = 100
    private let servers = Locked<[Key: DPoPServerState]>([:])

    /// Returns the state of a server, creating it if there is none.
    func server(at origin: HTTP.Origin, as role: Role) -> DPoPServerState {
        servers.withLock { servers in
            let key = Key(origin: origin, role: role)
            if let known = servers[key] { return known }
            // A lost nonce costs one challenge, so it does not matter which server is evicted.
            if servers.count >= Self.capacity, let any = servers.keys.first { servers[any] = nil }
            let new = DPoPServerState(trustsDate: ClockSkew.isTrusted(at: origin))
            servers[key] = new
            return new
        }
    }
}
