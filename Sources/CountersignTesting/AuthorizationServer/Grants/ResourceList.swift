/// The parser of `resource` parameters (RFC 8707 section 2).
enum ResourceList {
    /// Returns the resources of a request, after checking that each is an absolute URI that the client may request.
    static func read(
        _ form: FormParameters,
        client: FakeAuthorizationServer.Client
    ) throws(OAuthErrorResponse) -> [String] {
        let resources = form.values(for: "resource")
        for resource in resources {
            guard let colon = resource.firstIndex(of: ":"), colon != resource.startIndex, !resource.contains("#"),
                resource.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw OAuthErrorResponse(
                    code: "invalid_target",
                    description: "a resource is not an absolute URI without a fragment"
                )
            }
        }
        guard client.targets?.isSuperset(of: resources) ?? true else {
            throw OAuthErrorResponse(code: "invalid_target", description: "the client may not request this resource")
        }
        return resources
    }
}
