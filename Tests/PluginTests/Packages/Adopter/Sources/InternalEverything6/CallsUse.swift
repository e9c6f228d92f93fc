import Countersign

/// Copies of a client with options, and calls that return the response head.
func heads(of calls: CallsAPI) async throws -> HTTP.Status? {
    let (thing, head) = try await calls.withResponse { try await $0.same() }
    let second = try await calls.options(.timeout(.seconds(5))).withResponse { client in
        for try await page in client.byLink(size: 1).pages where page.items.first == thing { return 1 }
        return try await client.both() == .resetContent(.init(xReset: true)) ? 2 : 3
    }
    return second.value == 1 ? head?.status : second.head?.status
}

func typedHeads(of calls: CallsAPI) async throws(CallsAPI.Failure) -> CallsAPI.Thing {
    try await calls.withResponse { client throws(CallsAPI.Failure) in try await client.same() }.value
}

func stub() -> CallsAPI {
    .stub {
        $0.same = { .init(id: 1) }
        $0.upload = { _ in }
        $0.start = { request, _ throws(CallsAPI.Failure) in
            guard !request.isEmpty else { throw .init(problem: .failed(.init(code: "empty")), status: 400) }
            return .noContent
        }
        $0.byPage = { page in [[.init(id: page ?? 1)], []] }
    }
}

func client(_ server: CallsAPI.Server = .other, _ key: Countersign.SecretValue) -> CallsAPI {
    CallsAPI(key: key, worker: .secret(id: "worker", .environment("SECRET")), server: server)
}
